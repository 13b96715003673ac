/** What happened to a member, newest first, by day; older pages are added below. What is shown is in the address. */
import { Button, Group, SegmentedControl, Text } from '@mantine/core'
import { useState } from 'react'
import { useAddress } from '../../kit/address.ts'
import type { Answer } from '../../kit/call.ts'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { Empty, Failed, TextSkeleton } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { dayOf } from './detail-page.tsx'
import classes from './members.module.css'
import { TimelineLine } from './timeline-line.tsx'

export type Item = Answer<'GET /v1/admin/members/:member_id/timeline'>['data'][number]
export type ItemOf<Kind extends Item['kind']> = Extract<Item, { kind: Kind }>

/** What each choice shows; all without one. */
const choices = {
  order: 'order,refund,plan',
  points: 'points,tier,moment,passed',
  message: 'message,consent',
  other: 'joined,note,state',
} as const
type Choice = keyof typeof choices
/** Items fetched at once: two screens. */
const pageSize = 40

export function Timeline({ member_id }: { member_id: string }) {
  const { t } = useTexts()
  const [address, setAddress] = useAddress()
  const chosen = (Object.keys(choices) as Choice[]).find((choice) => choice === address['show'])
  return (
    <Section
      title={t('members:timeline.title')}
      aside={
        <SegmentedControl
          size="xs"
          value={chosen ?? 'all'}
          onChange={(value) => setAddress({ show: value === 'all' ? null : value })}
          aria-label={t('members:timeline.title')}
          data={[
            { value: 'all', label: t('members:timeline.all') },
            ...(Object.keys(choices) as Choice[]).map((value) => ({
              value,
              label: t(`members:timeline.kinds.${value}`),
            })),
          ]}
        />
      }
    >
      <Pages key={`${member_id} ${chosen}`} member_id={member_id} choice={chosen} />
    </Section>
  )
}

function Pages({ member_id, choice }: { member_id: string; choice: Choice | undefined }) {
  const [cursors, setCursors] = useState<(string | null)[]>([null])
  return cursors.map((cursor, i) => (
    <TimelinePage
      key={cursor ?? ''}
      member_id={member_id}
      choice={choice}
      cursor={cursor}
      go={i === cursors.length - 1 ? (next) => setCursors([...cursors, next]) : null}
    />
  ))
}

interface PageProps {
  member_id: string
  choice: Choice | undefined
  cursor: string | null
  /** Shows what is older; null where that is shown already. */
  go: ((cursor: string) => void) | null
}

function TimelinePage({ member_id, choice, cursor, go }: PageProps) {
  const { t } = useTexts()
  const read = useCall('GET /v1/admin/members/:member_id/timeline', {
    params: { member_id },
    query: { limit: pageSize, ...(choice ? { kinds: choices[choice] } : {}), ...(cursor ? { cursor } : {}) },
  })
  const { data } = read
  if (read.isError && !data) return <Failed error={read.error} retry={() => void read.refetch()} />
  if (!data) return <TextSkeleton lines={8} />
  if (data.data.length === 0 && !cursor) {
    return choice ? (
      <Empty icon="clock" title={t('members:timeline.noneKind')} />
    ) : (
      <Empty icon="clock" title={t('members:timeline.none')} hint={t('members:timeline.noneHint')} />
    )
  }
  const next = data.next_cursor
  return (
    <>
      <Days items={data.data} />
      {next && go && (
        <Group justify="center" mt="md">
          <Button variant="default" onClick={() => go(next)}>
            {t('members:timeline.more')}
          </Button>
        </Group>
      )}
    </>
  )
}

function Days({ items }: { items: readonly Item[] }) {
  const format = useFormat()
  const lines = linesOf(items)
  return lines.map((line, i) => {
    const day = dayOf(line.item.at, format)
    const before = lines[i - 1]
    const isFirst = !before || dayOf(before.item.at, format) !== day
    return (
      <div key={line.item.key}>
        {isFirst && (
          <Text component="h3" className={classes.day}>
            {format.day(day)}
          </Text>
        )}
        <TimelineLine {...line} />
      </div>
    )
  })
}

export interface Line {
  item: Item
  /** What an order earned, said in the order's own line. */
  earned: ItemOf<'points'> | null
}

/** Points that an order earned at the same moment stand with the order. */
function linesOf(items: readonly Item[]): Line[] {
  const earned = new Map<string, ItemOf<'points'>>()
  const orders = new Set(items.flatMap((item) => (item.kind === 'order' ? [`${item.data.order_id} ${item.at}`] : [])))
  for (const item of items) {
    const key = item.kind === 'points' && item.data.entry_kind === 'earn' ? `${item.data.order_id} ${item.at}` : null
    if (key && orders.has(key) && item.kind === 'points') earned.set(key, item)
  }
  const told = new Set<Item>(earned.values())
  return items
    .filter((item) => !told.has(item))
    .map((item) => ({
      item,
      earned: item.kind === 'order' ? (earned.get(`${item.data.order_id} ${item.at}`) ?? null) : null,
    }))
}
