/** One mailing: where its messages are, what it waits for, and the lists of those that a vendor sends. */
import { Button, Group, Stack, Table, Text } from '@mantine/core'
import { useState } from 'react'
import { usePathParam } from '../../kit/address.ts'
import type { Answer } from '../../kit/call.ts'
import { Confirm } from '../../kit/confirm.tsx'
import { Door } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { textOf, useTexts } from '../../kit/i18n.ts'
import { NumberDoor } from '../../kit/number-door.tsx'
import { Page, Section } from '../../kit/page.tsx'
import { Sentence } from '../../kit/sentence.tsx'
import { Failed, Notice, Refused, TextSkeleton } from '../../kit/states.tsx'
import { useCall, useWrite } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import { channelText, MessageState, reasonText } from './parts.tsx'
import { SendLists } from './send-lists.tsx'
import { SendState } from './sends-page.tsx'

export type SendDetail = Answer<'GET /v1/admin/sends/:send_id'>
/** While messages leave, figures change by the second. */
const pollMs = 2_000

export default function SendPage() {
  const { t } = useTexts()
  const send_id = usePathParam('send_id')
  const [busy, setBusy] = useState(true)
  const read = useCall('GET /v1/admin/sends/:send_id', { params: { send_id } }, { every_ms: busy ? pollMs : false })
  const template = useCall(
    'GET /v1/admin/templates/:template_id',
    { params: { template_id: read.data?.template_id ?? '' } },
    { enabled: Boolean(read.data) },
  )
  const send = read.data
  const above = [
    { title: t('messages:title'), to: '/messages' },
    { title: t('messages:tabs.sends'), to: '/messages/sends' },
  ]
  if (!send) {
    return (
      <Page title={t('messages:tabs.sends')} question={t('messages:sendQuestion')} above={above}>
        {read.isError ? <Failed error={read.error} retry={() => void read.refetch()} /> : <TextSkeleton lines={8} />}
      </Page>
    )
  }
  const left = leftOf(send)
  if (busy !== (left > 0 && send.status === 'open')) setBusy(!busy)
  return (
    <Page
      title={template.data?.name ?? '…'}
      question={t('messages:sendQuestion')}
      above={above}
      as_of={read.dataUpdatedAt}
      answer={<SendAnswer send={send} />}
      actions={<Actions send={send} left={left} />}
    >
      <Group gap="md">
        <SendState {...send} done={left === 0} awaits_report={awaitsReport(send)} />
        <Text c="dimmed" size="sm">
          {channelText(send.channel)}
        </Text>
        {send.origin === 'campaign' && (
          <Door to={`/campaigns/${send.origin_id}`} className="rg-door">
            {t('messages:openCampaign')}
          </Door>
        )}
      </Group>
      <Waiting send={send} />
      <Figures send={send} />
      {(send.channel === 'file' || send.lists.length > 0) && <SendLists send={send} />}
    </Page>
  )
}

function leftOf(send: SendDetail): number {
  return (send.counts.by_status['waiting'] ?? 0) + (send.counts.by_status['sending'] ?? 0)
}

function awaitsReport({ waiting_for }: SendDetail): boolean {
  return waiting_for.some(({ code }) => code === 'message.list' || code === 'message.report')
}

function SendAnswer({ send }: { send: SendDetail }) {
  const { t } = useTexts()
  const format = useFormat()
  const { counts, send_id } = send
  const door = (status: string) => `/messages?send_id=${send_id}&status=${status}`
  return (
    <Sentence
      text={t('messages:sendAnswer', {
        sent: format.number(counts.sent),
        delivered: format.number(counts.delivered),
        bounced: format.number(counts.bounced),
        opened: format.number(counts.opened),
        clicked: format.number(counts.clicked),
      })}
      doors={{
        sent: counts.sent > 0 ? `/messages?send_id=${send_id}` : undefined,
        delivered: counts.delivered > 0 ? door('delivered') : undefined,
        bounced: counts.bounced > 0 ? door('bounced') : undefined,
      }}
    />
  )
}

function Waiting({ send }: { send: SendDetail }) {
  const format = useFormat()
  if (send.waiting_for.length === 0) return null
  return (
    <Stack gap="xs">
      {send.waiting_for.map(({ code, params }) => {
        const at = (name: string) => (typeof params[name] === 'string' ? (params[name] as string) : null)
        const words = {
          count: format.number(Number(params['count'] ?? 0)),
          at: format.moment(at('at')),
          again: format.relative(at('again_at')),
          detail: textOf(`errors:${String(params['code'])}`, String(params['detail'] ?? params['code'] ?? '')),
          command: String(params['command'] ?? ''),
        }
        return (
          <Notice key={code} kind="warn" action={code === 'message.decision' && <Decide send={send} />}>
            {textOf(`messages:waits.${code.replace('message.', '')}`, code, words)}
          </Notice>
        )
      })}
    </Stack>
  )
}

function Decide({ send }: { send: SendDetail }) {
  const { t } = useTexts()
  const format = useFormat()
  const may = useMay()
  const [asking, setAsking] = useState(false)
  const resolve = useWrite('POST /v1/admin/sends/:send_id/uncertain', { touches: ['messages', 'campaigns'] })
  const { send_id } = send
  const count = format.number(send.counts.by_status['uncertain'] ?? 0)
  if (!may('messages:write')) return null
  return (
    <Group gap="xs">
      <Button
        size="xs"
        variant="default"
        loading={resolve.isPending}
        onClick={() => resolve.mutate({ params: { send_id }, body: { as: 'left' } })}
      >
        {t('messages:uncertainLeft')}
      </Button>
      <Button size="xs" variant="default" onClick={() => setAsking(true)}>
        {t('messages:uncertainAgain')}
      </Button>
      <Confirm
        opened={asking}
        close={() => setAsking(false)}
        title={t('messages:uncertainTitle', { count })}
        verb={t('messages:uncertainAgain')}
        dangerous
        act={() => resolve.mutateAsync({ params: { send_id }, body: { as: 'again' } })}
      >
        {t('messages:uncertainText')}
      </Confirm>
    </Group>
  )
}

function Figures({ send }: { send: SendDetail }) {
  const { t } = useTexts()
  const format = useFormat()
  const { by_status, by_reason } = send.counts
  return (
    <Section title={t('messages:figures')}>
      <Table.ScrollContainer minWidth={260} type="native" tabIndex={0}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('messages:status')}</Table.Th>
              <Table.Th scope="col">{t('messages:reason')}</Table.Th>
              <Table.Th scope="col" ta="right">
                {t('messages:count')}
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {Object.entries(by_status).map(([status, count]) => (
              <Table.Tr key={status}>
                <Table.Td>
                  <MessageState status={status} />
                </Table.Td>
                <Table.Td>
                  <Text size="sm" c="dimmed">
                    {by_reason
                      .filter((one) => one.status === status)
                      .map((one) => `${reasonText(one.reason)} ${format.number(one.count)}`)
                      .join(' · ')}
                  </Text>
                </Table.Td>
                <Table.Td ta="right">
                  <NumberDoor
                    value={format.number(count)}
                    to={`/messages?send_id=${send.send_id}&status=${status}`}
                  />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Text size="sm" c="dimmed" mt="sm">
        {t('messages:machines', {
          opens: format.number(send.counts.opened_by_machines),
          clicks: format.number(send.counts.clicked_by_machines),
        })}
      </Text>
    </Section>
  )
}

function Actions({ send, left }: { send: SendDetail; left: number }) {
  const { t } = useTexts()
  const format = useFormat()
  const may = useMay()
  const [asking, setAsking] = useState(false)
  const touches = ['campaigns']
  const pause = useWrite('POST /v1/admin/sends/:send_id/pause', { touches })
  const resume = useWrite('DELETE /v1/admin/sends/:send_id/pause', { touches })
  const cancel = useWrite('POST /v1/admin/sends/:send_id/cancellation', { touches })
  // a campaign's mailing is steered on the campaign's page, so that both agree
  if (!may('messages:write') || left === 0 || send.status === 'cancelled' || send.origin === 'campaign') return null
  const params = { send_id: send.send_id }
  return (
    <>
      {send.status === 'open' ? (
        <Button variant="default" loading={pause.isPending} onClick={() => pause.mutate({ params })}>
          {t('messages:pause')}
        </Button>
      ) : (
        <Button variant="default" loading={resume.isPending} onClick={() => resume.mutate({ params })}>
          {t('messages:resume')}
        </Button>
      )}
      <Button variant="default" onClick={() => setAsking(true)}>
        {t('messages:stop')}
      </Button>
      {(pause.isError || resume.isError) && <Refused error={pause.error ?? resume.error} />}
      <Confirm
        opened={asking}
        close={() => setAsking(false)}
        title={t('messages:stopTitle')}
        verb={t('messages:stop')}
        dangerous
        act={() => cancel.mutateAsync({ params })}
      >
        {t('messages:stopText', { count: format.number(left) })}
      </Confirm>
    </>
  )
}
