/** What should a manager look at? Cards that earn too often, codes that were wrong, receipts that wait for a yes. */
import { Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { Row } from '../../kit/call.ts'
import { Door } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { textOf, useTexts } from '../../kit/i18n.ts'
import { Moment } from '../../kit/moment.tsx'
import { Page, Section } from '../../kit/page.tsx'
import { Empty, Failed, TextSkeleton } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { SettleDialog, type Settling } from './settle-dialog.tsx'

type Alarm = Row<'GET /v1/admin/till-alarms'>
type Waiting = Row<'GET /v1/admin/till-offline-receipts'>

export default function TillAlarmsPage() {
  const { t } = useTexts()
  const format = useFormat()
  const alarms = useCall('GET /v1/admin/till-alarms', { query: {} })
  const waiting = useCall('GET /v1/admin/till-offline-receipts', { query: { status: 'open' } })
  const [settling, setSettling] = useState<Settling | null>(null)
  const open = alarms.data?.data.filter((one) => one.settled_at === null) ?? []
  const settled = alarms.data?.data.filter((one) => one.settled_at !== null) ?? []
  const isIn = alarms.data && waiting.data
  const failed = [alarms, waiting].find((read) => read.isError && !read.data)
  return (
    <Page
      title={t('till:alarms')}
      question={t('till:alarmsQuestion')}
      above={[{ title: t('till:title'), to: '/till' }]}
      as_of={isIn ? alarms.dataUpdatedAt : null}
      answer={
        isIn &&
        t('till:alarmsAnswer', {
          alarms: format.number(open.length),
          receipts: format.number(waiting.data.data.length),
        })
      }
    >
      {failed && <Failed error={failed.error} retry={() => void failed.refetch()} />}
      {!failed && !isIn && <TextSkeleton lines={8} />}
      {isIn && open.length + waiting.data.data.length === 0 && (
        <Empty icon="check" title={t('till:alarmsNone')} hint={t('till:alarmsNoneHint')} />
      )}
      {open.length > 0 && (
        <Section title={t('till:alarmsOpen')}>
          <Stack gap="lg">
            {open.map((alarm) => (
              <AlarmPart key={alarm.alarm_id} alarm={alarm} settle={() => setSettling({ kind: 'alarm', alarm })} />
            ))}
          </Stack>
        </Section>
      )}
      {isIn && waiting.data.data.length > 0 && (
        <Section title={t('till:waiting')} hint={t('till:waitingHint')}>
          <Stack gap="lg">
            {waiting.data.data.map((receipt) => (
              <WaitingPart
                key={`${receipt.source} ${receipt.source_id}`}
                receipt={receipt}
                settle={(accept) => setSettling({ kind: 'receipt', receipt, accept })}
              />
            ))}
          </Stack>
        </Section>
      )}
      {settled.length > 0 && (
        <Section title={t('till:alarmsSettled')}>
          <Stack gap="lg">
            {settled.map((alarm) => (
              <AlarmPart key={alarm.alarm_id} alarm={alarm} settle={null} />
            ))}
          </Stack>
        </Section>
      )}
      <SettleDialog settling={settling} close={() => setSettling(null)} />
    </Page>
  )
}

interface Receipt {
  order_id: string
  number: string
  at: string
  net_minor: number
}

function AlarmPart({ alarm, settle }: { alarm: Alarm; settle: (() => void) | null }) {
  const { t } = useTexts()
  const format = useFormat()
  const { kind, evidence, member_id, display_name, actor_name, store_name, settled_note, settled_by_name } = alarm
  const receipts = (evidence['receipts'] ?? []) as Receipt[]
  const named_id = evidence['named_member_id']
  const words = { name: display_name ?? t('till:unnamed'), clerk: actor_name ?? t('till:severalClerks') }
  const said =
    kind === 'contested'
      ? t(named_id === null ? 'till:alarmKinds.contestedUnknown' : 'till:alarmKinds.contested', words)
      : t(`till:alarmKinds.${kind}`, {
          ...words,
          count: kind === 'often' ? receipts.length : Number(evidence['times'] ?? 1),
        })
  return (
    <div>
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <div>
          <Text fw={550}>{said}</Text>
          <Text size="sm" c="dimmed">
            {[format.day(alarm.day), store_name, actor_name].filter(Boolean).join(' · ')}
            {member_id && (
              <>
                {' · '}
                <Door className="rg-door" to={`/members/${member_id}`}>
                  {t('till:openMember')}
                </Door>
              </>
            )}
            {typeof named_id === 'string' && (
              <>
                {' · '}
                <Door className="rg-door" to={`/members/${named_id}`}>
                  {t('till:openNamed')}
                </Door>
              </>
            )}
          </Text>
        </div>
        {settle && (
          <Button variant="default" size="xs" style={{ flexShrink: 0 }} onClick={settle}>
            {t('till:settle')}
          </Button>
        )}
      </Group>
      {receipts.map((receipt) => (
        <Text key={receipt.order_id} size="sm">
          <Door className="rg-door" to={`/orders/${receipt.order_id}`}>
            {receipt.number}
          </Door>{' '}
          · <Moment at={receipt.at} /> · {format.money(receipt.net_minor)}
        </Text>
      ))}
      {settled_note !== null && (
        <Text size="sm" c="dimmed">
          {t('till:settledBy', { name: settled_by_name ?? '', note: settled_note })}
        </Text>
      )}
    </div>
  )
}

function WaitingPart({ receipt, settle }: { receipt: Waiting; settle: (accept: boolean) => void }) {
  const { t } = useTexts()
  const format = useFormat()
  const { source_id, code, params, display_name, amount_minor, actor_name, store_name, clock_off_s } = receipt
  const { spend_points, spend_worth_minor } = receipt
  // where the clock is why it waits, the sentence above has said so
  const tellsClock = Math.abs(clock_off_s) > 60 && code !== 'till.offline_clock'
  return (
    <Group justify="space-between" align="flex-start" gap="sm">
      <div>
        <Text fw={550}>
          {format.money(amount_minor)} · {display_name ?? t('till:noMember')}
        </Text>
        <Text size="sm">{code && textOf(`errors:${code}`, code, params ?? {})}</Text>
        {spend_points !== null && (
          <Text size="sm">
            {t('till:givenOffline', {
              count: spend_points,
              points: format.points(spend_points),
              money: format.money(spend_worth_minor),
            })}
          </Text>
        )}
        <Text size="sm" c="dimmed">
          {[source_id, store_name, actor_name].filter(Boolean).join(' · ')}
        </Text>
        <Text size="sm" c="dimmed">
          {t('till:twoTimes', { said: format.moment(receipt.said_at), came: format.moment(receipt.received_at) })}
          {tellsClock && ` ${t('till:clockOff', { off: format.duration(Math.abs(clock_off_s)) })}`}
        </Text>
      </div>
      <Group gap="xs">
        <Button variant="default" size="xs" onClick={() => settle(false)}>
          {t('till:dismiss')}
        </Button>
        <Button size="xs" onClick={() => settle(true)}>
          {t('till:accept')}
        </Button>
      </Group>
    </Group>
  )
}
