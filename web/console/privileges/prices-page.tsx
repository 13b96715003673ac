/** What members pay less: the rule in force to change, tried on last month at every key, and every version. */
import { Button, Grid, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { call, touch } from '../../kit/call.ts'
import { Door, useGo } from '../../kit/door.tsx'
import { TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Figure, Page, Section } from '../../kit/page.tsx'
import { typingPauseMs } from '../../kit/search-field.tsx'
import { Failed, Notice, TextSkeleton } from '../../kit/states.tsx'
import { useCall, useList, type List } from '../../kit/use-call.ts'
import { useForm } from '../../kit/use-form.ts'
import { ComingVersions } from '../coming-versions.tsx'
import { RuleVersions } from '../rule-versions.tsx'
import { useMay } from '../session.tsx'
import { TakesEffectField, useTakesEffect, useTakesEffectCheck } from '../takes-effect.tsx'
import { PriceFields } from './price-fields.tsx'
import {
  beginning,
  missingIn,
  ruleOf,
  valuesOf,
  type PriceRule,
  type PriceValues,
  type PriceVersion,
} from './price-values.ts'
import { usePriceLine } from './price-words.ts'

export default function PricesPage() {
  const { t } = useTexts()
  const versions = useList('GET /v1/admin/price-rules')
  const line = usePriceLine()
  // a rule applied for later leaves the one in force in the form
  const [awaited, setAwaited] = useState(0)
  const frame = { title: t('prices:title'), question: t('prices:question') }
  if (!versions.rows) {
    const { read } = versions
    return (
      <Page {...frame}>
        {read.isError ? <Failed error={read.error} retry={() => void read.refetch()} /> : <TextSkeleton lines={10} />}
      </Page>
    )
  }
  const rule = versions.rows.find((version) => version.in_force)?.rule
  return (
    <Page
      {...frame}
      answer={rule ? line(rule) : t('prices:none')}
      actions={
        <Button variant="default" component={Door} to="/protection">
          {t('protection:title')}
        </Button>
      }
    >
      <PriceForm key={awaited} rule={rule ?? beginning} list={versions} isAwaited={() => setAwaited(awaited + 1)} />
    </Page>
  )
}

interface FormProps {
  rule: PriceRule
  list: List<PriceVersion>
  isAwaited: () => void
}

function PriceForm({ rule, list, isAwaited }: FormProps) {
  const { t } = useTexts()
  const may = useMay()
  const go = useGo()
  const { bodyOf } = useTakesEffect()
  const checkTime = useTakesEffectCheck('effective_from')
  const line = usePriceLine()
  const form = useForm<PriceValues>({
    initial: valuesOf(rule),
    check: (values) => ({ ...missingIn(values, t('prices:rowOpen')), ...checkTime(values.effective_from) }),
    save: async (values) => {
      const begins = bodyOf(values.effective_from)
      await call('POST /v1/admin/price-rules', {
        body: { rule: ruleOf(values), note: values.note.trim(), ...begins },
      })
      await touch('price-rules')
      if (begins.effective_from) isAwaited()
    },
  })
  const allowed = may('rules:write')
  return (
    <Stack gap="lg">
      <ComingVersions rows={list.rows} line={(row) => line(row.rule)} />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Section>
            <FormFrame form={form} verb={t('prices:verb')} locked={!allowed} cancel={() => go('/privileges')}>
              <PriceFields form={form} />
              <TakesEffectField field={form.field('effective_from')} />
              <TextField field={form.field('note')} label={t('prices:note')} maxLength={500} />
              {!allowed && <Notice>{t('points:form.mayNot')}</Notice>}
            </FormFrame>
          </Section>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <LastMonth rule={ruleOf(form.values)} changed={form.changed} />
        </Grid.Col>
      </Grid>
      <Section title={t('points:versions.title')} hint={t('prices:versionsHint')} bare>
        <RuleVersions list={list} line={(row) => line(row.rule)} callOff={callOff} />
      </Section>
    </Stack>
  )
}

async function callOff(version: number): Promise<void> {
  await call('POST /v1/admin/price-rules/:version/call-off', { params: { version } })
  await touch('price-rules')
}

/** What the values on screen would have taken off the last month's purchases, against what is in force. */
function LastMonth({ rule, changed }: { rule: PriceRule; changed: boolean }) {
  const { t } = useTexts()
  const format = useFormat()
  const [settled] = useDebouncedValue(JSON.stringify(rule), typingPauseMs)
  const read = useCall('POST /v1/admin/price-rules/previews', { body: { rule: JSON.parse(settled) as PriceRule } })
  const found = read.data
  if (!found) {
    return (
      <Section title={t('prices:lastMonth')}>
        {read.isError ? <Failed error={read.error} retry={() => void read.refetch()} /> : <TextSkeleton lines={5} />}
      </Section>
    )
  }
  const difference = found.then_minor - found.now_minor
  return (
    <Section title={t('prices:lastMonth')} hint={t('prices:lastMonthHint', { days: format.number(found.days) })}>
      <Stack gap="md" aria-live="polite">
        <Figure label={t('prices:would')} value={format.money(found.then_minor)} />
        {changed && (
          <Text>
            {difference === 0
              ? t('prices:same')
              : t(difference > 0 ? 'prices:more' : 'prices:less', { amount: format.money(Math.abs(difference)) })}
          </Text>
        )}
        <Text size="sm" c="dimmed">
          {t('prices:people', {
            members: format.number(found.members),
            less: format.number(found.members_less),
            more: format.number(found.members_more),
          })}
        </Text>
        {found.units_at_floor > 0 && (
          <Notice kind="warn">
            {t('prices:atFloor', { count: found.units_at_floor, units: format.number(found.units_at_floor) })}
          </Notice>
        )}
      </Stack>
    </Section>
  )
}
