/** The report: both sides of the draw, the extra sales with their range, what became of the messages, links, cost. */
import { Stack, Table, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Chart } from '../../kit/chart.tsx'
import { Door } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { NumberDoor } from '../../kit/number-door.tsx'
import { Section } from '../../kit/page.tsx'
import { colorOf } from '../../kit/palette.ts'
import { Sentence } from '../../kit/sentence.tsx'
import { IntervalPicture } from './interval-picture.tsx'
import type { Campaign } from './plan.ts'
import { MessageFigures } from './report-messages.tsx'
import { moneyOf, VerdictWords, type Report } from './verdict.tsx'

export function CampaignReport({ campaign, report }: { campaign: Campaign; report: Report }) {
  const { t } = useTexts()
  const format = useFormat()
  const { audience, window } = report
  const people = `/campaigns/${campaign.campaign_id}/recipients`
  const until = format.moment(window.to)
  return (
    <Stack gap="lg">
      <Text>
        <Sentence
          text={t('campaigns:audienceDrawn', {
            audience: format.number(audience.audience),
            mailed: format.number(audience.mailed),
            holdout: format.number(audience.holdout),
            refused: format.number(audience.refused),
          })}
          doors={audienceDoors(campaign.campaign_id, audience)}
        />
      </Text>
      {campaign.status !== 'sent' && (
        <Section title={t('campaigns:verdict')}>
          <VerdictWords report={report} />
        </Section>
      )}
      {campaign.holdout_per_mille > 0 && <Lift report={report} />}
      <Arms report={report} people={people} />
      {/* where the verdict waits for it, the page's answer has said so */}
      {!report.reasons.includes('window_open') && (
        <Text size="sm" c="dimmed">
          {t(window.over ? 'campaigns:windowOver' : 'campaigns:windowOpen', { until })}
        </Text>
      )}
      <MessageFigures campaign={campaign} report={report} />
      <Links report={report} people={people} />
      <Cost report={report} />
    </Stack>
  )
}

/** Each part of the audience opens its people; nobody opens nothing. */
export function audienceDoors(campaign_id: string, audience: Report['audience']): Record<string, string | undefined> {
  const arms = ['mailed', 'holdout', 'refused'] as const
  return Object.fromEntries(
    arms.map((arm) => [arm, audience[arm] > 0 ? `/campaigns/${campaign_id}/recipients?arm=${arm}` : undefined]),
  )
}

function Lift({ report }: { report: Report }) {
  const { t } = useTexts()
  const format = useFormat()
  const { per_member_minor: per, total_minor: total, buyer_share: buyers } = report.lift
  // while nobody bought on either side the sums know no range: a picture of nothing would look like certainty
  if (!per || !total || per.low === per.high) return null
  const share = (value: number) => `${value > 0 ? '+' : ''}${format.number(Math.round(value * 1000) / 10)}`
  return (
    <Section title={t('campaigns:interval')} hint={t('campaigns:intervalNote')}>
      <IntervalPicture
        rows={[
          { name: t('campaigns:intervalPer'), interval: per, write: (value) => moneyOf(format, value) },
          { name: t('campaigns:intervalTotal'), interval: total, write: (value) => moneyOf(format, value) },
          ...(buyers
            ? [{ name: t('campaigns:intervalBuyers'), interval: buyers, write: share, unit: t('campaigns:points') }]
            : []),
        ]}
      />
    </Section>
  )
}

function Arms({ report, people }: { report: Report; people: string }) {
  const { t } = useTexts()
  const format = useFormat()
  const arms = (['mailed', 'holdout'] as const).filter((arm) => report[arm].members > 0)
  const per = report.lift.per_member_minor
  const decided = report.verdict === 'more' || report.verdict === 'less'
  const amount = per ? moneyOf(format, Math.abs(per.estimate)) : ''
  const title =
    !per || !decided
      ? t(arms.length > 1 ? 'campaigns:armsTitleSame' : 'campaigns:armsTitleAlone')
      : t(report.verdict === 'more' ? 'campaigns:armsTitleMore' : 'campaigns:armsTitleLess', { amount })
  const colors = { mailed: colorOf['mailed'], holdout: colorOf['left_out'] }
  // bars of no length say nothing that the table does not
  const silent = arms.every((arm) => report[arm].revenue_minor === 0)
  const days = report.window.days
  if (silent)
    return (
      <Section title={title} hint={t('campaigns:armsDefinition', { days })}>
        <ArmTable report={report} people={people} arms={arms} />
      </Section>
    )
  return (
    <Section>
      <Chart
        kind="bar"
        horizontal
        height={60 + arms.length * 45}
        title={title}
        definition={t('campaigns:armsDefinition', { days })}
        x={{ name: t('campaigns:arm'), values: arms.map((arm) => t(`campaigns:arms.${arm}`)) }}
        y={{ name: t('campaigns:perMember'), format: (value) => moneyOf(format, value), mark: format.moneyShort }}
        series={[
          {
            name: t('campaigns:perMember'),
            values: arms.map((arm) => report[arm].revenue_per_member_minor),
            color: colors.mailed,
          },
        ]}
        to={(_series, category) => `${people}?arm=${arms[category] ?? ''}`}
        download="campaign-arms"
      />
      <ArmTable report={report} people={people} arms={arms} />
    </Section>
  )
}

type Arm = 'mailed' | 'holdout'

function ArmTable({ report, people, arms }: { report: Report; people: string; arms: readonly Arm[] }) {
  const { t } = useTexts()
  const format = useFormat()
  const bought = ({ buyers }: Report['mailed'], arm: Arm, value: string) => (
    <NumberDoor value={value} to={buyers > 0 ? `${people}?arm=${arm}&did=bought` : undefined} />
  )
  const rows: [string, (figures: Report['mailed'], arm: Arm) => ReactNode][] = [
    [
      t('campaigns:members'),
      ({ members }, arm) => <NumberDoor value={format.number(members)} to={`${people}?arm=${arm}`} />,
    ],
    [t('campaigns:buyers'), (figures, arm) => bought(figures, arm, format.number(figures.buyers))],
    [t('campaigns:buyerShare'), ({ buyer_share }) => format.percent(buyer_share, 1)],
    [t('campaigns:orders'), (figures, arm) => bought(figures, arm, format.number(figures.orders))],
    [t('campaigns:revenue'), (figures, arm) => bought(figures, arm, format.money(figures.revenue_minor))],
    [t('campaigns:perMember'), ({ revenue_per_member_minor }) => moneyOf(format, revenue_per_member_minor)],
  ]
  return (
    <Table.ScrollContainer minWidth={270} type="native" mt="md" tabIndex={0}>
      <Table>
        <caption className="rg-hidden">{t('campaigns:compare')}</caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('campaigns:compare')}</Table.Th>
            {arms.map((arm) => (
              <Table.Th key={arm} scope="col" ta="right">
                {t(`campaigns:arms.${arm}`)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(([name, write]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" fw={400}>
                {name}
              </Table.Th>
              {arms.map((arm) => (
                <Table.Td key={arm} ta="right">
                  {write(report[arm], arm)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Links({ report, people }: { report: Report; people: string }) {
  const { t } = useTexts()
  const format = useFormat()
  return (
    <Section title={t('campaigns:links')}>
      {report.links.length === 0 && <Text c="dimmed">{t('campaigns:noLinks')}</Text>}
      {report.links.length > 0 && (
        <Table.ScrollContainer minWidth={270} type="native" tabIndex={0}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t('campaigns:link')}</Table.Th>
                <Table.Th scope="col" ta="right">
                  {t('campaigns:people')}
                </Table.Th>
                <Table.Th scope="col" ta="right">
                  {t('campaigns:clicks')}
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {report.links.map((link) => (
                <Table.Tr key={link.link_no}>
                  <Table.Td style={{ overflowWrap: 'anywhere' }}>
                    {/^https?:/.test(link.url) ? (
                      <Door to={link.url} target="_blank" rel="noreferrer" className="rg-door">
                        {link.url}
                      </Door>
                    ) : (
                      link.url
                    )}
                  </Table.Td>
                  <Table.Td ta="right">
                    <NumberDoor
                      value={format.number(link.people)}
                      to={link.people > 0 ? `${people}?did=clicked&link_no=${link.link_no}` : undefined}
                    />
                  </Table.Td>
                  <Table.Td ta="right">{format.number(link.clicks)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Section>
  )
}

function Cost({ report: { cost } }: { report: Report }) {
  const { t } = useTexts()
  const format = useFormat()
  const rows = [
    [t('campaigns:costMessages'), cost.messages_minor],
    [t('campaigns:costFixed'), cost.fixed_minor],
    [t('campaigns:costTotal'), cost.total_minor],
  ] as const
  return (
    <Section title={t('campaigns:cost')}>
      <Table>
        <Table.Tbody>
          {rows.map(([name, minor]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" fw={400}>
                {name}
              </Table.Th>
              <Table.Td ta="right">{moneyOf(format, minor)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Section>
  )
}
