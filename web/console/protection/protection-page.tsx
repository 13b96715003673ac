/** Price protection: the rule with what it would give back at once, what was given and why, and every version. */
import { Grid, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { call, touch, type Row } from '../../kit/call.ts'
import { DataGrid, type Column } from '../../kit/data-grid.tsx'
import { Door, useGo } from '../../kit/door.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Moment } from '../../kit/moment.tsx'
import { Figure, Page, Section } from '../../kit/page.tsx'
import { typingPauseMs } from '../../kit/search-field.tsx'
import { Empty, Failed, Notice, TextSkeleton } from '../../kit/states.tsx'
import { useCall, useList, type List } from '../../kit/use-call.ts'
import { useForm } from '../../kit/use-form.ts'
import { ComingVersions } from '../coming-versions.tsx'
import { RuleVersions } from '../rule-versions.tsx'
import { useMay } from '../session.tsx'
import { TakesEffectField, useTakesEffect, useTakesEffectCheck } from '../takes-effect.tsx'
import { ProtectionFields } from './protection-fields.tsx'
import {
  beginning,
  ruleOf,
  valuesOf,
  type ProtectionRule,
  type ProtectionValues,
  type ProtectionVersion,
} from './protection-values.ts'
import { useProtectionLine, useProtectionWhy } from './protection-words.ts'

type Given = Row<'GET /v1/admin/protections'>

export default function ProtectionPage() {
  const { t } = useTexts()
  const format = useFormat()
  const versions = useList('GET /v1/admin/protection-rules')
  const totals = useCall('GET /v1/admin/protections/totals').data
  // a rule applied for later leaves the one in force in the form
  const [awaited, setAwaited] = useState(0)
  const above = [{ title: t('prices:title'), to: '/prices' }]
  const frame = { title: t('protection:title'), question: t('protection:question'), above }
  if (!versions.rows) {
    const { read } = versions
    return (
      <Page {...frame}>
        {read.isError ? <Failed error={read.error} retry={() => void read.refetch()} /> : <TextSkeleton lines={10} />}
      </Page>
    )
  }
  const rule = versions.rows.find((version) => version.in_force)?.rule
  const state = !rule ? t('protection:off') : rule.is_on ? null : t('protection:paused')
  const answer =
    totals && totals.given_minor > 0
      ? t('protection:answer', {
          since: format.money(totals.since_minor),
          all: format.money(totals.given_minor),
          members: format.number(totals.members),
        })
      : null
  return (
    <Page {...frame} answer={[state, answer].filter(Boolean).join(' ') || null}>
      <Stack gap="lg">
        <RuleForm key={awaited} rule={rule ?? beginning} list={versions} isAwaited={() => setAwaited(awaited + 1)} />
      </Stack>
    </Page>
  )
}

interface FormProps {
  rule: ProtectionRule
  list: List<ProtectionVersion>
  isAwaited: () => void
}

function RuleForm({ rule, list, isAwaited }: FormProps) {
  const { t } = useTexts()
  const may = useMay()
  const go = useGo()
  const line = useProtectionLine()
  const { bodyOf } = useTakesEffect()
  const checkTime = useTakesEffectCheck('effective_from')
  const form = useForm<ProtectionValues>({
    initial: valuesOf(rule),
    check: ({ days, effective_from }) => ({
      ...(days ? {} : { '/days': t('points:form.needed') }),
      ...checkTime(effective_from),
    }),
    save: async (values) => {
      const begins = bodyOf(values.effective_from)
      const body = { rule: ruleOf(values), note: values.note.trim(), ...begins }
      await call('POST /v1/admin/protection-rules', { body })
      await touch('protection-rules', 'protections')
      if (begins.effective_from) isAwaited()
    },
  })
  const allowed = may('rules:write')
  return (
    <>
      <ComingVersions rows={list.rows} line={(row) => line(row.rule)} />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Section>
            <FormFrame
              form={form}
              verb={t('protection:verb')}
              always={!list.rows?.some((version) => version.in_force)}
              locked={!allowed}
              cancel={() => go('/prices')}
            >
              <ProtectionFields form={form} />
              <TakesEffectField field={form.field('effective_from')} consequence={t('protection:begins')} />
              {!allowed && <Notice>{t('points:form.mayNot')}</Notice>}
            </FormFrame>
          </Section>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Would rule={ruleOf(form.values)} />
        </Grid.Col>
      </Grid>
      <Section title={t('protection:given')} bare>
        <GivenList />
      </Section>
      <Section title={t('points:versions.title')} hint={t('protection:versionsHint')} bare>
        <RuleVersions list={list} line={(row) => line(row.rule)} callOff={callOff} />
      </Section>
    </>
  )
}

async function callOff(version: number): Promise<void> {
  await call('POST /v1/admin/protection-rules/:version/call-off', { params: { version } })
  await touch('protection-rules')
}

/** What the values on screen would give back at once. */
function Would({ rule }: { rule: ProtectionRule }) {
  const { t } = useTexts()
  const format = useFormat()
  const [settled] = useDebouncedValue(JSON.stringify(rule), typingPauseMs)
  const read = useCall('POST /v1/admin/protection-rules/previews', {
    body: { rule: JSON.parse(settled) as ProtectionRule },
  })
  const found = read.data
  if (!found) {
    return (
      <Section title={t('protection:would')}>
        {read.isError ? <Failed error={read.error} retry={() => void read.refetch()} /> : <TextSkeleton lines={5} />}
      </Section>
    )
  }
  return (
    <Section title={t('protection:would')} hint={t('protection:wouldHint')}>
      <Stack gap="sm" aria-live="polite">
        <Figure label={t('protection:wouldWorth')} value={format.money(found.given_minor)} />
        <Text size="sm">
          {found.members === 0
            ? found.left_out === 0 && t('protection:wouldNobody')
            : t('protection:people', {
                count: found.members,
                members: format.number(found.members),
                points: format.points(found.points),
                lines: format.number(found.lines),
              })}
        </Text>
        {found.products.map(({ sku, name, given_minor }) => (
          <Text key={sku} size="sm" c="dimmed">
            {name} · {format.money(given_minor)}
          </Text>
        ))}
        {found.left_out > 0 && <Notice>{t('protection:leftOut', { count: found.left_out })}</Notice>}
      </Stack>
    </Section>
  )
}

/** Rows a page: a desk shows 25 at once. */
const pageSize = 25

function GivenList() {
  const { t } = useTexts()
  const list = useList('GET /v1/admin/protections', { query: { limit: pageSize } })
  return (
    <DataGrid
      columns={useGivenColumns()}
      list={list}
      label={t('protection:given')}
      row_key={(row) => row.gift_id}
      skeleton_rows={4}
      empty={<Empty icon="tag" title={t('protection:nothingGiven')} hint={t('protection:nothingGivenHint')} />}
    />
  )
}

function useGivenColumns(): Column<Given>[] {
  const { t } = useTexts()
  const format = useFormat()
  const why = useProtectionWhy()
  const nameOf = (row: Given) => row.product_name ?? row.sku
  return [
    {
      key: 'member',
      title: t('protection:member'),
      value: (row) => row.display_name ?? row.member_id,
      render: (row) => (
        <Door className="rg-door" to={`/members/${row.member_id}`}>
          {row.display_name ?? row.member_id}
        </Door>
      ),
    },
    { key: 'product', title: t('protection:product'), value: nameOf, render: nameOf },
    {
      key: 'bought',
      title: t('protection:bought'),
      width: 120,
      priority: 2,
      value: (row) => row.bought_on,
      render: (row) => (
        <Door className="rg-door" to={`/orders/${row.order_id}`}>
          {format.day(row.bought_on)}
        </Door>
      ),
    },
    {
      key: 'points',
      title: t('protection:points'),
      width: 110,
      align: 'right',
      value: (row) => row.points,
      render: (row) => format.points(row.points),
    },
    {
      key: 'why',
      title: t('protection:why'),
      width: 420,
      value: (row) => why(row.why),
      render: (row) => (
        <Text size="sm" style={{ whiteSpace: 'normal' }}>
          {why(row.why)}
          {row.returned_at && (
            <Text span size="xs" c="dimmed" display="block">
              {t('protection:returned', { points: format.points(row.taken_points) })}
            </Text>
          )}
        </Text>
      ),
    },
    {
      key: 'when',
      title: t('protection:when'),
      width: 130,
      priority: 2,
      value: (row) => row.given_at,
      render: (row) => <Moment at={row.given_at} />,
    },
  ]
}
