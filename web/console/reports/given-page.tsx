/** What was given away, why, and what did it cost? */
import { Table } from '@mantine/core'
import type { Answer } from '../../kit/call.ts'
import { Chart } from '../../kit/chart.tsx'
import { useFormat } from '../../kit/format.ts'
import { textOf, useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { useCall } from '../../kit/use-call.ts'
import { reasonOf } from '../gifts/table.tsx'
import { ReportPage, useRange } from './report-page.tsx'
import classes from './report-page.module.css'

type Given = Answer<'GET /v1/admin/reports/given'>
/** Reasons on the chart; the table has them all. */
const barsMax = 12
/** A bar with the room around it. */
const barPixels = 36

export default function GivenReportPage() {
  const { t } = useTexts()
  const format = useFormat()
  const range = useRange()
  const { from, to } = range
  const read = useCall('GET /v1/admin/reports/given', { query: { from, to } })
  return (
    <ReportPage
      name="given"
      read={read}
      controls={range.control}
      download={{ from, to }}
      isEmpty={() => false}
      answer={(given) => answerOf(given)}
    >
      {(given) =>
        given.gifts > 0 && (
          <>
            <Section>
              <CostChart given={given} />
            </Section>
            <Section title={t('reports:given.title')}>
              <Reasons given={given} />
            </Section>
          </>
        )
      }
    </ReportPage>
  )

  function answerOf({ gifts, members, cost_minor, reasons }: Given): string {
    if (gifts === 0) return t('reports:given.answerNone')
    const said = t('reports:given.answer', {
      count: gifts,
      gifts: format.number(gifts),
      members: format.number(members),
      cost: format.money(cost_minor),
    })
    const unknown = reasons.reduce((sum, row) => sum + row.unknown_cost, 0)
    if (unknown === 0) return said
    return t('reports:given.answerUnknown', { said, count: unknown, unknown: format.number(unknown) })
  }
}

/** Does nobody know what these cost? */
const isUnknown = ({ gifts, unknown_cost }: Given['reasons'][number]) => unknown_cost === gifts

const nameOf = ({ reason, kind }: Given['reasons'][number]) =>
  `${reasonOf(reason)} · ${textOf(`reports:given.kinds.${kind}`, kind)}`

function CostChart({ given }: { given: Given }) {
  const { t } = useTexts()
  const format = useFormat()
  const shown = given.reasons.slice(0, barsMax)
  const first = shown[0]!
  return (
    <Chart
      kind="bar"
      horizontal
      height={Math.max(160, 40 + shown.length * barPixels)}
      title={
        isUnknown(first)
          ? t('reports:given.chartUnknown')
          : t('reports:given.chart', { reason: nameOf(first), cost: format.money(first.cost_minor) })
      }
      definition={t('reports:given.definition')}
      x={{ name: t('reports:given.reason'), values: shown.map(nameOf) }}
      y={{ name: t('reports:given.cost'), format: format.money, mark: format.short }}
      series={[
        {
          name: t('reports:given.cost'),
          color: 0,
          values: shown.map((row) => (isUnknown(row) ? null : row.cost_minor)),
        },
      ]}
      download="given"
    />
  )
}

function Reasons({ given }: { given: Given }) {
  const { t } = useTexts()
  const format = useFormat()
  const costSaid = (row: Given['reasons'][number]) => {
    const { cost_minor, unknown_cost } = row
    if (unknown_cost === 0) return format.money(cost_minor)
    if (isUnknown(row)) return t('reports:given.unknown')
    return t('reports:given.partlyUnknown', { cost: format.money(cost_minor), unknown: format.number(unknown_cost) })
  }
  const heads = ['gifts', 'members', 'paid', 'cost'] as const
  return (
    <Table.ScrollContainer minWidth={420} type="native" tabIndex={0}>
      <Table verticalSpacing={6} className={classes.plain} aria-label={t('reports:given.title')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('reports:given.reason')}</Table.Th>
            {heads.map((head) => (
              <Table.Th key={head} scope="col" ta="right">
                {head === 'members' ? t('reports:members') : t(`reports:given.${head}`)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {given.reasons.map((row) => (
            <Table.Tr key={nameOf(row)}>
              <Table.Th scope="row" fw={400}>
                {nameOf(row)}
              </Table.Th>
              <Table.Td ta="right">{format.number(row.gifts)}</Table.Td>
              <Table.Td ta="right">{format.number(row.members)}</Table.Td>
              <Table.Td ta="right">{format.points(row.paid_points)}</Table.Td>
              <Table.Td ta="right">{costSaid(row)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
