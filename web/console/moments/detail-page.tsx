/** One moment: what it gives to whom, what it came to, who is next, and what could not be given. */
import { Button, Grid, Group, List, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useAddress, usePathParam } from '../../kit/address.ts'
import { call, touch } from '../../kit/call.ts'
import { DataGrid } from '../../kit/data-grid.tsx'
import { Door, useGo } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { nameIn, useTexts } from '../../kit/i18n.ts'
import { Figure, Page, Section } from '../../kit/page.tsx'
import { PageAwaiting } from '../../kit/page-awaiting.tsx'
import { Empty, Notice } from '../../kit/states.tsx'
import { useCall, useList } from '../../kit/use-call.ts'
import { readCondition } from '../segments/condition.ts'
import { sentenceOf } from '../segments/sentence.ts'
import { useCatalogue, useLabels, useWords } from '../segments/words.ts'
import { useMay } from '../session.tsx'
import { PreviewPart } from './preview-part.tsx'
import { useGivenColumns } from './table.tsx'
import { isOfCalendar, useMomentSentence, useMomentState, type Moment, type MomentRule } from './words.ts'

export default function MomentPage() {
  const { t, language } = useTexts()
  const moment_id = usePathParam('moment_id')
  const sentence = useMomentSentence()
  const writes = useMay()('gifts:write')
  const read = useCall('GET /v1/admin/moments/:moment_id', { params: { moment_id } }, { keep: false })
  const moment = read.data
  const above = [{ title: t('moments:title'), to: '/moments' }]
  if (!moment) return <PageAwaiting title={t('moments:title')} above={above} read={read} />
  return (
    <Page
      title={nameIn(moment.names, language, moment_id)}
      above={above}
      as_of={read.dataUpdatedAt}
      answer={sentence(moment.rule)}
      actions={
        writes && (
          <Group gap="xs">
            <Button component={Door} to={`/moments/${moment_id}/edit`} variant="default">
              {t('moments:change')}
            </Button>
            <Stop moment={moment} />
          </Group>
        )
      }
    >
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Stack gap="lg">
            <Section>
              <Figures moment={moment} />
            </Section>
            {writes && moment.refused > 0 && <Again moment={moment} />}
            <Section title={t('moments:whatWasGiven')} hint={t('moments:whatWasGivenHint')} bare>
              <GivenList moment_id={moment_id} />
            </Section>
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack gap="lg">
            {moment.status === 'active' && <PreviewPart rule={moment.rule} moment_id={moment_id} />}
            <Section title={t('moments:whom')}>
              <Whom rule={moment.rule} />
            </Section>
            <Section title={t('moments:limits')}>
              <Limits rule={moment.rule} />
            </Section>
          </Stack>
        </Grid.Col>
      </Grid>
    </Page>
  )
}

function Stop({ moment }: { moment: Moment }) {
  const { t } = useTexts()
  const isActive = moment.status === 'active'
  const change = async () => {
    const body = { status: isActive ? ('stopped' as const) : ('active' as const) }
    await call('PATCH /v1/admin/moments/:moment_id', { params: { moment_id: moment.moment_id }, body })
    await touch('moments')
  }
  return (
    <Button variant="default" onClick={() => void change()}>
      {isActive ? t('moments:stop') : t('moments:resume')}
    </Button>
  )
}

function Figures({ moment }: { moment: Moment }) {
  const { t } = useTexts()
  const format = useFormat()
  const state = useMomentState()(moment)
  return (
    <Group gap="xl" align="flex-start">
      <Figure label={t('moments:status')} value={t(`moments:statuses.${state}`)} />
      <Figure label={t('moments:given')} value={format.number(moment.given)} />
      <Figure label={t('moments:cost')} value={format.money(moment.cost_minor)} />
      {moment.refused > 0 && <Figure label={t('moments:refused')} value={format.number(moment.refused)} />}
    </Group>
  )
}

function Again({ moment: { moment_id, refused } }: { moment: Moment }) {
  const { t } = useTexts()
  const format = useFormat()
  const [done, setDone] = useState<{ given: number; refused: number } | null>(null)
  const retry = async () => {
    setDone(await call('POST /v1/admin/moments/:moment_id/retries', { params: { moment_id } }))
    await touch('moments', 'gifts', 'budgets')
  }
  return (
    <Notice
      kind="warn"
      action={
        <Button size="xs" variant="default" onClick={() => void retry()}>
          {t('moments:again')}
        </Button>
      }
    >
      {done
        ? t('moments:againDone', { given: format.number(done.given), refused: format.number(done.refused) })
        : t('moments:someRefused', { count: refused })}
    </Notice>
  )
}

function Whom({ rule }: { rule: MomentRule }) {
  const { t } = useTexts()
  const catalogue = useCatalogue().data
  const condition = rule.whom ? readCondition(rule.whom) : null
  const words = useWords(useLabels(condition, catalogue))
  if (!condition) return <Text size="sm">{t('moments:everybody')}</Text>
  const said = catalogue ? sentenceOf(condition, catalogue, words) : t('moments:form.onlySome')
  return <Text size="sm">{said}</Text>
}

function Limits({ rule }: { rule: MomentRule }) {
  const { t } = useTexts()
  const format = useFormat()
  const sees = useMay()('budgets:read')
  const { budget_id, joined_days_min, when } = rule
  const budgets = useCall('GET /v1/admin/budgets', {}, { enabled: sees && budget_id !== null }).data?.data
  const budget = budgets?.find((one) => one.budget_id === budget_id)
  const lines = [
    t('moments:limitOnce'),
    (when.kind === 'birthday' || when.kind === 'own_day') && t('moments:limitDay'),
    joined_days_min > 0 && t('moments:limitJoined', { days: format.number(joined_days_min) }),
    !isOfCalendar(when) && when.kind !== 'joining' && t('moments:limitRefund'),
    budget && t('moments:limitBudget', { budget: budget.name }),
  ].filter((line): line is string => Boolean(line))
  return (
    <List size="sm" spacing={6} listStyleType="none">
      {lines.map((line) => (
        <List.Item key={line}>{line}</List.Item>
      ))}
    </List>
  )
}

function GivenList({ moment_id }: { moment_id: string }) {
  const { t } = useTexts()
  const go = useGo()
  const [address, setAddress] = useAddress()
  const isRefused = address['refused'] === 'true'
  const list = useList('GET /v1/admin/moments/:moment_id/gifts', {
    params: { moment_id },
    query: { limit: 25, ...(isRefused ? { refused: true } : {}) },
  })
  const columns = useGivenColumns()
  return (
    <>
      <Group gap="xs" mb="sm">
        {([false, true] as const).map((one) => (
          <Button
            key={String(one)}
            size="xs"
            variant={one === isRefused ? 'light' : 'default'}
            aria-pressed={one === isRefused}
            onClick={() => setAddress({ refused: one ? 'true' : null })}
          >
            {one ? t('moments:onlyRefused') : t('moments:all')}
          </Button>
        ))}
      </Group>
      <DataGrid
        columns={columns}
        list={list}
        label={t('moments:whatWasGiven')}
        row_key={(row) => `${row.member_id} ${row.occurrence}`}
        onOpen={(row) => go(`/members/${row.member_id}`)}
        skeleton_rows={5}
        empty={
          isRefused ? (
            <Empty icon="check" title={t('moments:notRefused')} />
          ) : (
            <Empty icon="clock" title={t('moments:notGiven')} hint={t('moments:notGivenHint')} />
          )
        }
      />
    </>
  )
}
