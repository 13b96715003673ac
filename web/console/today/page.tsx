/** What changed, and what needs a decision? A sentence, four weeks, what waits, and who is really yours. */
import { Button, Grid, Stack, Text } from '@mantine/core'
import { useEffect } from 'react'
import type { Answer } from '../../kit/call.ts'
import { Door, useGo } from '../../kit/door.tsx'
import { useFormat, type Format } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Page, PrimaryAction, Section } from '../../kit/page.tsx'
import { Sentence } from '../../kit/sentence.tsx'
import { BlockSkeleton, Empty, Failed, TextSkeleton } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { all, newSegmentAddress, ordersAddress, peopleAddress } from '../people.ts'
import { OursSentence } from '../reports/ours.tsx'
import { useMay } from '../session.tsx'
import { Decisions, drowsyBest } from './decisions.tsx'
import { FourWeeks } from './four-weeks.tsx'
import { States, Turns } from './states.tsx'

export type Today = Answer<'GET /v1/admin/reports/today'>

export default function TodayPage() {
  const may = useMay()
  const go = useGo()
  const sees = may('reports:read')
  useEffect(() => {
    // who may not see sales begins where they work
    if (!sees) go('/members', { replace: true })
  })
  return sees ? <TodayInside /> : null
}

function TodayInside() {
  const { t } = useTexts()
  const may = useMay()
  const read = useCall('GET /v1/admin/reports/today')
  const today = read.data
  const isEmpty = today && today.members === 0 && today.days.every((day) => day.orders === 0)
  return (
    <Page
      title={t('today:title')}
      question={t('today:question')}
      as_of={today?.as_of}
      action={<Act />}
      answer={
        isEmpty ? null : today ? (
          <WeekSentence today={today} />
        ) : read.isPending ? (
          <TextSkeleton lines={2} width={560} />
        ) : null
      }
    >
      {read.isError && !today && <Failed error={read.error} retry={() => void read.refetch()} />}
      {read.isPending && <BlockSkeleton height={380} />}
      {isEmpty && (
        <Section>
          <Empty
            icon="imports"
            title={t('today:emptyTitle')}
            hint={t('today:emptyHint')}
            action={
              may('imports:write') && (
                <Button variant="default" component={Door} to="/imports/new">
                  {t('today:bringOrders')}
                </Button>
              )
            }
          />
        </Section>
      )}
      {today && !isEmpty && <Inside today={today} />}
    </Page>
  )
}

function Inside({ today }: { today: Today }) {
  const { t } = useTexts()
  return (
    <>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Section>
            <FourWeeks days={today.days} />
          </Section>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Decisions today={today} />
        </Grid.Col>
      </Grid>
      <Section title={t('today:oursTitle')}>
        <Stack gap="xs">
          <Text component="div" fz={16}>
            <OursSentence />
          </Text>
          <Turns turned={today.turned} />
        </Stack>
      </Section>
      <States states={today.states} />
    </>
  )
}

/** The one thing to do first: write to the best who drift away; before any orders, bring them. */
function Act() {
  const { t } = useTexts()
  const format = useFormat()
  const may = useMay()
  const summary = useCall('GET /v1/admin/reports/summary')
  const drifting = useCall('GET /v1/admin/reports/drifting').data
  if (summary.data?.orders === 0) {
    return may('imports:write') ? (
      <PrimaryAction label={t('today:bringOrders')} icon="upload" to="/imports/new" />
    ) : null
  }
  if (!drifting?.members || drifting.from_minor === null || !may('campaigns:write')) return null
  const label = t('today:writeTo', { count: drifting.members, members: format.number(drifting.members) })
  return <PrimaryAction label={label} icon="campaigns" to={newSegmentAddress(drowsyBest(drifting.from_minor))} />
}

/** Days of the week that the page speaks of. */
const weekDays = 7

function WeekSentence({ today }: { today: Today }) {
  const { t } = useTexts()
  const may = useMay()
  const { week } = today
  const format = useFormat()
  const within = { last: weekDays, unit: 'day' }
  const days = { from: today.days.at(-weekDays)?.day ?? '', to: today.days.at(-1)?.day ?? '' }
  return (
    <Sentence
      text={t(`today:${wordFor(week)}`, partsOf(week, format))}
      doors={{
        orders: may('orders:read') ? ordersAddress({ ...days, counted: true }) : undefined,
        joined:
          week.joined > 0 ? peopleAddress(all({ field: 'joined_at', operator: 'within', value: within })) : undefined,
      }}
    />
  )
}

/** A change under half a per cent is none. */
const noChange = 0.005

function wordFor(week: Today['week']): 'answerNone' | 'answerFirst' | 'answerMore' | 'answerLess' | 'answerSame' {
  if (week.orders === 0) return 'answerNone'
  if (week.net_minor_before <= 0) return 'answerFirst'
  const change = week.net_minor / week.net_minor_before - 1
  return Math.abs(change) < noChange ? 'answerSame' : change > 0 ? 'answerMore' : 'answerLess'
}

function partsOf(week: Today['week'], format: Format) {
  const change = week.net_minor_before > 0 ? Math.abs(week.net_minor / week.net_minor_before - 1) : 0
  return {
    net: format.money(week.net_minor),
    orders: format.number(week.orders),
    change: format.percent(change),
    joined: format.number(week.joined),
    joined_before: format.number(week.joined_before),
  }
}
