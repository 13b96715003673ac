/** What became of the messages: people counted, machines apart. */
import { Table, Text } from '@mantine/core'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { NumberDoor } from '../../kit/number-door.tsx'
import { Section } from '../../kit/page.tsx'
import { reasonText } from '../messages/parts.tsx'
import type { Campaign } from './plan.ts'
import type { Did } from './did-choice.tsx'
import type { Report } from './verdict.tsx'

/** Told of every campaign, be it none. */
const always = ['sent', 'delivered', 'opened', 'clicked', 'unsubscribed'] as const

export function MessageFigures({ campaign, report }: { campaign: Campaign; report: Report }) {
  const { t } = useTexts()
  const format = useFormat()
  const { messages } = report
  const did = (deed: Did) => `/campaigns/${campaign.campaign_id}/recipients?did=${deed}`
  const door = (status: string) => `/messages?send_id=${campaign.send_id}&status=${status}`
  const share = (count: number) =>
    messages.delivered > 0 ? t('campaigns:ofDelivered', { share: format.percent(count / messages.delivered, 1) }) : ''
  const rows: { name: string; count: number; to?: string; share?: string; always?: boolean }[] = [
    ...always.map((deed) => ({
      name: t(`campaigns:${deed}`),
      count: messages[deed],
      to: did(deed),
      always: true,
      ...(deed === 'sent' || deed === 'delivered' ? {} : { share: share(messages[deed]) }),
    })),
    { name: t('campaigns:bounced'), count: messages.bounced, to: door('bounced'), always: true },
    { name: t('campaigns:complained'), count: messages.complained, to: did('complained') },
    { name: t('campaigns:waiting'), count: messages.waiting, to: did('waiting') },
    { name: t('campaigns:uncertain'), count: messages.uncertain, to: door('uncertain') },
    { name: t('campaigns:failed'), count: messages.failed, to: door('failed') },
    { name: t('campaigns:refusedLate'), count: messages.refused_late, to: door('refused') },
  ]
  return (
    <Section title={t('campaigns:messages')} hint={t('campaigns:messagesHint')}>
      <Table>
        <Table.Tbody>
          {rows
            .filter(({ count, always }) => always || count > 0)
            .map(({ name, count, to, share: of }) => (
              <Table.Tr key={name}>
                <Table.Th scope="row" fw={400}>
                  {name}
                </Table.Th>
                <Table.Td c="dimmed" ta="right">
                  {of}
                </Table.Td>
                <Table.Td ta="right">
                  <NumberDoor value={format.number(count)} to={count > 0 ? to : undefined} />
                </Table.Td>
              </Table.Tr>
            ))}
        </Table.Tbody>
      </Table>
      <Text size="sm" c="dimmed" mt="sm">
        {t('campaigns:machines', {
          opens: format.number(messages.opened_by_machines),
          clicks: format.number(messages.clicked_by_machines),
        })}
      </Text>
      <Refusals campaign={campaign} report={report} />
    </Section>
  )
}

function Refusals({ campaign, report }: { campaign: Campaign; report: Report }) {
  const { t } = useTexts()
  const format = useFormat()
  const reasons = Object.entries(report.audience.reasons).sort(([, a], [, b]) => b - a)
  if (reasons.length === 0) return null
  return (
    <>
      <Text fw={600} mt="lg" mb={4}>
        {t('campaigns:refusedTitle')}
      </Text>
      <Table>
        <Table.Tbody>
          {reasons.map(([reason, count]) => (
            <Table.Tr key={reason}>
              <Table.Th scope="row" fw={400}>
                {reasonText(reason)}
              </Table.Th>
              <Table.Td ta="right">
                <NumberDoor
                  value={format.number(count)}
                  to={`/campaigns/${campaign.campaign_id}/recipients?arm=refused&reason=${reason}`}
                />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  )
}
