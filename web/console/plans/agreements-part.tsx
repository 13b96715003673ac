/** A member's agreements: how far the promise is kept, what came of it; signing another. */
import { Button, Group, Modal, MultiSelect, Progress, SimpleGrid, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { alwaysChosen } from '../../kit/always-chosen.ts'
import { call, touch } from '../../kit/call.ts'
import { Confirm } from '../../kit/confirm.tsx'
import { ChoiceField, DayField, MoneyField, PercentField, TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useForm } from '../../kit/use-form.ts'
import { useMay } from '../session.tsx'
import { usePlanWhy, type AgreementRow } from './words.ts'

/** Late orders of the last days are waited for so long. */
const closing_days = 14
/** A year without another agreement. */
const lost_days = 365
const piece = 10_000

export function AgreementsPart({ member_id }: { member_id: string }) {
  const { t } = useTexts()
  const writes = useMay()('plans:write')
  const [isOpen, setOpen] = useState(false)
  const read = useCall('GET /v1/admin/members/:member_id/agreements', { params: { member_id } })
  const rows = read.data?.data ?? []
  if (!writes && rows.length === 0) return null
  const close = () => setOpen(false)
  return (
    <Section
      title={t('plans:agreements')}
      aside={
        writes && (
          <Button size="xs" variant="default" onClick={() => setOpen(true)}>
            {t('plans:agreement.add')}
          </Button>
        )
      }
    >
      <Stack gap="md">
        {read.data && rows.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('plans:agreement.none')}
          </Text>
        )}
        {rows.map((row) => (
          <Agreement key={row.agreement_id} row={row} writes={writes} />
        ))}
      </Stack>
      <Modal
        opened={isOpen}
        onClose={close}
        title={t('plans:agreement.add')}
        size="lg"
        closeButtonProps={{ 'aria-label': t('kit:close') }}
      >
        {isOpen && <SignForm member_id={member_id} close={close} />}
      </Modal>
    </Section>
  )
}

function Agreement({ row, writes }: { row: AgreementRow; writes: boolean }) {
  const { t } = useTexts()
  const format = useFormat()
  const why = usePlanWhy()
  const [isOpen, setOpen] = useState(false)
  const { promised } = row.terms
  const wanted = promised.measure === 'amount' ? promised.amount_minor : promised.pieces * piece
  const shown = (amount: number) =>
    promised.measure === 'amount' ? format.money(amount) : t('plans:agreement.pieces', { count: amount / piece })
  const params = { member_id: row.member_id, agreement_id: row.agreement_id }
  const end = async () => {
    await call('POST /v1/admin/members/:member_id/agreements/:agreement_id/cancel', { params, body: {} })
    await touch('agreements')
  }
  return (
    <Stack gap={4}>
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm" fw={500}>
          {row.title}
        </Text>
        <Text size="xs" c="dimmed">
          {t(`plans:agreement.statuses.${row.status}`)}
        </Text>
      </Group>
      <Progress value={Math.min(100, (row.progress / wanted) * 100)} aria-label={row.title} />
      <Text size="xs" c="dimmed">
        {t('plans:agreement.progress', { progress: shown(row.progress), promised: shown(wanted) })} ·{' '}
        {t('plans:agreement.days', { from: format.day(row.opens_on), until: format.day(row.closes_on) })}
      </Text>
      {row.why && <Text size="xs">{why(row.why)}</Text>}
      {row.due_minor > 0 && (
        <Text size="sm">{t('plans:agreement.due', { amount: format.money(row.due_minor) })}</Text>
      )}
      {writes && row.status === 'open' && (
        <Group>
          <Button size="xs" variant="subtle" color="gray" onClick={() => setOpen(true)}>
            {t('plans:agreement.cancel')}
          </Button>
        </Group>
      )}
      <Confirm
        opened={isOpen}
        close={() => setOpen(false)}
        title={t('plans:agreement.cancelTitle', { title: row.title })}
        verb={t('plans:agreement.cancel')}
        keep={t('plans:agreement.keep')}
        dangerous
        act={end}
      >
        <Text size="sm">{t('plans:agreement.cancelText')}</Text>
      </Confirm>
    </Stack>
  )
}

interface SignValues {
  title: string
  amount_minor: number | null
  discount: number | null
  categories: string[]
  opens_on: string | null
  closes_on: string | null
  at_end: 'none' | 'pay_difference' | 'lose_price'
  max_minor: number | null
}
const blank: SignValues = {
  title: '',
  amount_minor: null,
  discount: 0.1,
  categories: [],
  opens_on: null,
  closes_on: null,
  at_end: 'pay_difference',
  max_minor: null,
}

function atEnd({ at_end, max_minor }: SignValues) {
  if (at_end === 'pay_difference') return { kind: at_end, max_minor } as const
  return at_end === 'lose_price' ? ({ kind: at_end, days: lost_days } as const) : ({ kind: at_end } as const)
}

function SignForm({ member_id, close }: { member_id: string; close: () => void }) {
  const { t } = useTexts()
  const today = useFormat().today()
  const nextYear = `${Number(today.slice(0, 4)) + 1}${today.slice(4)}`.replace('-02-29', '-02-28')
  const categories = useCall('GET /v1/admin/product-categories').data?.data ?? []
  const form = useForm<SignValues>({
    initial: { ...blank, opens_on: today, closes_on: nextYear },
    save: async (values) => {
      const terms = {
        promised: { measure: 'amount' as const, amount_minor: values.amount_minor ?? 0 },
        skus: [],
        categories: values.categories,
        discount_bp: Math.round((values.discount ?? 0) * 10_000),
        member_prices: [],
        at_end: atEnd(values),
        closing_days,
      }
      const body = { title: values.title, terms, opens_on: values.opens_on ?? '', closes_on: values.closes_on ?? '' }
      await call('POST /v1/admin/members/:member_id/agreements', { params: { member_id }, body })
      await touch('agreements')
    },
    saved: close,
  })
  return (
    <FormFrame form={form} cancel={close} verb={t('plans:agreement.add')}>
      <TextField field={form.field('title')} label={t('plans:agreement.title')} maxLength={200} required />
      <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
        <MoneyField field={form.field('amount_minor')} label={t('plans:agreement.promised')} />
        <PercentField field={form.field('discount')} label={t('plans:agreement.discount')} />
        <DayField field={form.field('opens_on')} label={t('plans:agreement.opens')} />
        <DayField field={form.field('closes_on')} label={t('plans:agreement.closes')} />
        <ChoiceField
          field={alwaysChosen(form.field('at_end'))}
          label={t('plans:agreement.atEnd')}
          choices={(['none', 'pay_difference', 'lose_price'] as const).map((value) => ({
            value,
            label: t(`plans:agreement.atEnds.${value}`),
          }))}
        />
        {form.values.at_end === 'pay_difference' && (
          <MoneyField field={form.field('max_minor')} label={t('plans:agreement.max')} />
        )}
      </SimpleGrid>
      <MultiSelect
        label={t('plans:agreement.categories')}
        placeholder={form.values.categories.length === 0 ? t('plans:agreement.everything') : ''}
        data={categories.map(({ category }) => category)}
        value={form.values.categories}
        onChange={(value) => form.set({ categories: value })}
        searchable
      />
    </FormFrame>
  )
}
