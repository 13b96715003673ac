/** How the file is read beyond its columns: source, currency, zone, what a negative quantity means. */
import { SimpleGrid } from '@mantine/core'
import { call, touch } from '../../kit/call.ts'
import { ChoiceField, DayField, SwitchField, TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { useForm } from '../../kit/use-form.ts'
import { useSession } from '../session.tsx'
import type { Import } from './detail-page.tsx'

interface Values {
  source: string
  currency: string
  time_zone: string
  negative_lines: 'refund' | 'adjustment' | 'refuse' | null
  contact_buyers: 'guests' | 'members' | null
  lines_are_kept: boolean
  points_as_of: string | null
}

export function SettingsPart({ one }: { one: Import }) {
  const { t } = useTexts()
  const { program } = useSession()
  const form = useSettings(one)
  const negatives = (['refund', 'adjustment', 'refuse'] as const).map((value) => ({
    value,
    label: t(`imports:settings.negatives.${value}`),
  }))
  const buyers = (['guests', 'members'] as const).map((value) => ({
    value,
    label: t(`imports:settings.buyerKinds.${value}`),
  }))
  return (
    <Section title={t('imports:settings.title')}>
      <FormFrame form={form}>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TextField
            field={form.field('source')}
            label={t('imports:settings.source')}
            consequence={t('imports:settings.sourceHint')}
            maxLength={60}
          />
          {one.kind === 'orders' && (
            <>
              <TextField
                field={form.field('currency')}
                label={t('imports:settings.currency')}
                maxLength={3}
                consequence={t('imports:settings.currencyHint', { currency: program?.currency ?? '' })}
              />
              <ChoiceField
                field={form.field('negative_lines')}
                label={t('imports:settings.negative')}
                consequence={t('imports:settings.negativeHint')}
                choices={negatives}
              />
              <ChoiceField
                field={form.field('contact_buyers')}
                label={t('imports:settings.buyers')}
                consequence={t('imports:settings.buyersHint')}
                choices={buyers}
              />
              <SwitchField
                field={form.field('lines_are_kept')}
                label={t('imports:settings.kept')}
                consequence={t('imports:settings.keptHint')}
              />
            </>
          )}
          <TextField
            field={form.field('time_zone')}
            label={t('imports:settings.zone')}
            maxLength={60}
            consequence={t('imports:settings.zoneHint', { zone: program?.time_zone ?? '' })}
          />
          {one.kind === 'members' && (
            <DayField
              field={form.field('points_as_of')}
              label={t('imports:settings.pointsAsOf')}
              consequence={t('imports:settings.pointsAsOfHint')}
              clearable
            />
          )}
        </SimpleGrid>
      </FormFrame>
    </Section>
  )
}

/** Kept with the mapping: what was tried before is then no longer true. */
function useSettings(one: Import) {
  const { mapping, import_id } = one
  return useForm<Values>({
    initial: {
      source: mapping.source,
      currency: mapping.currency ?? '',
      time_zone: mapping.time_zone ?? '',
      negative_lines: mapping.negative_lines,
      contact_buyers: mapping.contact_buyers ?? 'guests',
      lines_are_kept: mapping.lines_are_kept ?? false,
      points_as_of: one.points_as_of,
    },
    save: async ({ points_as_of, currency, time_zone, source, negative_lines, contact_buyers, lines_are_kept }) => {
      const wanted = {
        ...mapping,
        source: source.trim(),
        negative_lines: negative_lines ?? mapping.negative_lines,
        ...(one.kind === 'orders' && contact_buyers ? { contact_buyers } : {}),
        ...(one.kind === 'orders' ? { lines_are_kept } : {}),
        currency: currency.trim().toUpperCase() || null,
        time_zone: time_zone.trim() || null,
      }
      await call('PUT /v1/admin/imports/:import_id/mapping', {
        params: { import_id },
        body: { mapping: wanted, points_as_of },
      })
      await touch('imports')
    },
  })
}
