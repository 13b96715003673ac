/**
 * What waits for somebody: campaigns, imports, the best who drift away, points about to end, stores without a name.
 * Most pressing first.
 */
import { Box, Button, Group, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Answer } from '../../kit/call.ts'
import { Door, useMayOpen } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { textOf, useTexts } from '../../kit/i18n.ts'
import { Icon, type IconName } from '../../kit/icons.tsx'
import { Section } from '../../kit/page.tsx'
import { Sentence } from '../../kit/sentence.tsx'
import { Empty, TextSkeleton } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { all, inStates, newSegmentAddress, ordersAddress, peopleAddress, type Condition } from '../people.ts'
import { useMay } from '../session.tsx'
import type { Today } from './page.tsx'

/** Drowsy members who have bought as much as the best fifth. */
export function drowsyBest(from_minor: number): Condition {
  return all(inStates('drowsy'), { field: 'net_spent', operator: 'at_least', value: from_minor })
}

/** A result or a mishap older than this has been seen, or nobody cares. */
const recentMs = 14 * 86_400_000
const dayMs = 86_400_000

interface Decision {
  key: string
  icon: IconName
  tone: 'bad' | 'warn' | 'plain'
  text: ReactNode
  to: string
  verb: string
}

export function Decisions({ today }: { today: Today }) {
  const { t } = useTexts()
  const campaigns = useCampaigns()
  const imports = useImports()
  const members = useMembers(today)
  const found = [...campaigns.found, ...imports.found, ...members.found, ...useStores(today)].sort(
    (a, b) => rank(a) - rank(b),
  )
  const isPending = campaigns.isPending || imports.isPending || members.isPending
  return (
    <Section title={t('today:decide')}>
      {isPending && found.length === 0 && <TextSkeleton lines={4} />}
      {!isPending && found.length === 0 && (
        <Empty icon="check" title={t('today:decideNothing')} hint={t('today:decideNothingHint')} />
      )}
      <Stack component="ul" gap="md" m={0} p={0} style={{ listStyle: 'none' }}>
        {found.map(({ key, ...decision }) => (
          <Line key={key} {...decision} />
        ))}
      </Stack>
    </Section>
  )
}

function rank({ tone }: Decision): number {
  return { bad: 0, warn: 1, plain: 2 }[tone]
}

function Line({ icon, tone, text, to, verb }: Omit<Decision, 'key'>) {
  const mayOpen = useMayOpen()
  const color = tone === 'plain' ? 'var(--rg-muted)' : `var(--rg-${tone})`
  return (
    <Group component="li" gap="sm" align="flex-start" justify="flex-end">
      <Group gap="sm" wrap="nowrap" align="flex-start" flex="1 1 190px">
        <Box c={color} mt={2} style={{ lineHeight: 0 }}>
          <Icon name={icon} />
        </Box>
        <Text component="div" flex={1} miw={0}>
          {text}
        </Text>
      </Group>
      {mayOpen(to) && (
        <Button component={Door} to={to} variant="default" size="xs" style={{ flexShrink: 0 }}>
          {verb}
        </Button>
      )}
    </Group>
  )
}

type Campaign = Answer<'GET /v1/admin/campaigns'>['data'][number]

function useCampaigns(): { found: Decision[]; isPending: boolean } {
  const { t } = useTexts()
  const may = useMay()
  const now = useFormat().present().getTime()
  const asked = may('campaigns:read')
  const read = useCall('GET /v1/admin/campaigns', {}, { enabled: asked })
  const recent = (instant: string | null) => instant !== null && now - new Date(instant).getTime() < recentMs
  const found = (read.data?.data ?? []).flatMap((campaign): Decision[] => {
    const shared = { key: campaign.campaign_id, to: `/campaigns/${campaign.campaign_id}`, verb: t('today:look') }
    const { name, status } = campaign
    if (status === 'paused')
      return [
        { ...shared, icon: 'pause', tone: 'warn', text: t('today:campaignPaused', { name }), verb: t('today:go') },
      ]
    if (status === 'expired' && recent(campaign.not_after)) {
      return [{ ...shared, icon: 'warning', tone: 'bad', text: t('today:campaignExpired', { name }) }]
    }
    if (status === 'sending')
      return [{ ...shared, icon: 'clock', tone: 'warn', text: <Waiting campaign={campaign} /> }]
    const over = judgedFrom(campaign)
    if (status === 'sent' && over !== null && over <= now && now - over < recentMs) {
      const days = campaign.attribution_days
      return [{ ...shared, icon: 'chart', tone: 'plain', text: t('today:campaignReady', { name, days }) }]
    }
    return []
  })
  return { found, isPending: asked && read.isPending }
}

/** From when on its effect can be judged: the days in which a purchase counts are over. */
function judgedFrom(campaign: Campaign): number | null {
  const sent = campaign.finished_at ?? campaign.started_at
  return sent === null ? null : new Date(sent).getTime() + campaign.attribution_days * dayMs
}

/** What a campaign that is going out waits for; its count while it waits for nothing. */
function Waiting({ campaign }: { campaign: Campaign }) {
  const { t } = useTexts()
  const format = useFormat()
  const { campaign_id, name } = campaign
  const progress = useCall(
    'GET /v1/admin/campaigns/:campaign_id/progress',
    { params: { campaign_id } },
    { every_ms: 5_000 },
  ).data
  if (!progress) return name
  const { waiting_for: waits, done, total } = progress
  const reason = waits
    ? textOf(`errors:${waits.code}`, waits.code, waits.params)
    : t('kit:progressOf', { done: format.number(done), total: format.number(total) })
  return t('today:campaignWaiting', { name, reason })
}

function useImports(): { found: Decision[]; isPending: boolean } {
  const { t } = useTexts()
  const may = useMay()
  const now = useFormat().present().getTime()
  const asked = may('imports:read')
  const read = useCall('GET /v1/admin/imports', { query: { limit: 20 } }, { enabled: asked })
  const found = (read.data?.data ?? []).flatMap((one): Decision[] => {
    if (now - new Date(one.finished_at ?? one.created_at).getTime() > recentMs) return []
    const shared = { key: one.import_id, to: `/imports/${one.import_id}`, verb: t('today:go') }
    const name = one.file_name
    if (one.status === 'failed')
      return [{ ...shared, icon: 'warning', tone: 'bad', text: t('today:importFailed', { name }) }]
    if (one.status === 'cancelled')
      return [{ ...shared, icon: 'pause', tone: 'warn', text: t('today:importCancelled', { name }) }]
    if (one.status === 'uploaded')
      return [{ ...shared, icon: 'imports', tone: 'plain', text: t('today:importWaiting', { name }) }]
    return []
  })
  return { found, isPending: asked && read.isPending }
}

/** Codes that made stores by themselves: a new store wants a name, and a mistyped one wants to be seen. */
function useStores({ unnamed_stores: { count, told, since, orders, has_more_orders } }: Today): Decision[] {
  const { t } = useTexts()
  const format = useFormat()
  const may = useMay()
  const [newest] = told
  if (!newest) return []
  const rest = count - told.length
  const codes = told.map(({ code }) => t('today:storeCode', { code }))
  const names = rest > 0 ? [...codes, t('today:storesMore', { count: rest, stores: format.number(rest) })] : codes
  const seen = t('today:storeOrders', {
    count: orders,
    orders: `${format.number(orders)}${has_more_orders ? '+' : ''}`,
  })
  const params = { count, codes: format.list(names), day: format.day(since), seen }
  const text = t(count === 1 ? 'today:storeUnnamed' : 'today:storesUnnamed', params)
  const doors = count === 1 && may('orders:read') ? { orders: ordersAddress({ store_id: newest.store_id }) } : {}
  return [
    {
      key: 'stores',
      icon: 'stores',
      tone: 'plain',
      to: count === 1 && may('stores:write') ? `/stores?edit=${newest.store_id}` : '/stores',
      verb: t(may('stores:write') ? 'today:nameStore' : 'today:look'),
      text: <Sentence text={text} doors={doors} />,
    },
  ]
}

function useMembers(today: Today): { found: Decision[]; isPending: boolean } {
  const { t } = useTexts()
  const format = useFormat()
  const read = useCall('GET /v1/admin/reports/drifting')
  const drifting = read.data
  const found: Decision[] = []
  if (drifting && drifting.members > 0 && drifting.from_minor !== null) {
    const who = drowsyBest(drifting.from_minor)
    const params = {
      count: drifting.members,
      members: format.number(drifting.members),
      net: format.money(drifting.net_minor),
    }
    found.push({
      key: 'drifting',
      icon: 'moon',
      tone: 'warn',
      to: newSegmentAddress(who),
      verb: t('today:write'),
      text: <Sentence text={t('today:drifting', params)} doors={{ people: peopleAddress(who) }} />,
    })
  }
  const { expiring_points: expiring, near_tier } = today
  const soon = { next: 30, unit: 'day' }
  if (expiring.members > 0) {
    const who = all({ field: 'points_expiring', operator: 'at_least', value: 1, measure: 'sum', within: soon })
    const params = {
      count: expiring.members,
      members: format.number(expiring.members),
      points: format.points(expiring.points),
      day: format.day(expiring.before),
    }
    found.push({
      key: 'expiring',
      icon: 'points',
      tone: 'plain',
      to: newSegmentAddress(who),
      verb: t('today:write'),
      text: <Sentence text={t('today:expiring', params)} doors={{ people: peopleAddress(who) }} />,
    })
  }
  if (near_tier > 0) {
    const who = all({ field: 'tier_review_on', operator: 'within', value: soon })
    const params = { count: near_tier, members: format.number(near_tier) }
    found.push({
      key: 'reviews',
      icon: 'tier',
      tone: 'plain',
      to: newSegmentAddress(who),
      verb: t('today:write'),
      text: <Sentence text={t('today:reviews', params)} doors={{ people: peopleAddress(who) }} />,
    })
  }
  return { found, isPending: read.isPending }
}
