/** What is owed in points, and are they used? */
import type { Answer } from '../../kit/call.ts'
import { Chart } from '../../kit/chart.tsx'
import { nothing, useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { colorOf } from '../../kit/palette.ts'
import { useCall } from '../../kit/use-call.ts'
import { Owed } from './points-owed.tsx'
import { ReportPage } from './report-page.tsx'

type Points = Answer<'GET /v1/admin/reports/points'>

/** Months on the chart: a year shows each season once, and one more to compare. */
const monthsShown = 13
const yearMonths = 12

export default function PointsReportPage() {
  const { t } = useTexts()
  const format = useFormat()
  const read = useCall('GET /v1/admin/reports/points')
  return (
    <ReportPage
      name="points"
      read={read}
      isEmpty={({ months }) => months.length === 0}
      answer={(points) => answerOf(points)}
    >
      {(points) => (
        <>
          <Section>
            <FlowChart points={points} />
          </Section>
          <Section>
            <OwedChart points={points} />
          </Section>
          <Owed />
        </>
      )}
    </ReportPage>
  )

  function answerOf({ months, outstanding, liability_minor }: Points): string {
    const sum = (key: 'earned' | 'opened' | 'spent' | 'expired') =>
      months.reduce((total, month) => total + month[key], 0)
    const received = sum('earned') + sum('opened')
    if (received === 0 && outstanding === 0) return t('reports:points.answerNone')
    const share = (points: number) => (received > 0 ? format.percent(points / received) : nothing)
    return t('reports:points.answer', {
      outstanding: format.points(outstanding),
      liability: format.money(liability_minor),
      spent_share: share(sum('spent')),
      expired_share: share(sum('expired')),
    })
  }
}

function FlowChart({ points }: { points: Points }) {
  const { t } = useTexts()
  const format = useFormat()
  const shown = points.months.slice(-monthsShown)
  const year = points.months.slice(-yearMonths)
  // what was brought along is told only where something was
  const kinds = (['earned', 'opened', 'spent', 'expired', 'reversed'] as const).filter(
    (key) => key !== 'opened' || shown.some(({ opened }) => opened > 0),
  )
  const sum = (key: 'earned' | 'spent') => year.reduce((total, month) => total + month[key], 0)
  return (
    <Chart
      kind="bar"
      title={t('reports:points.chartMore', {
        earned: format.points(sum('earned')),
        spent: format.points(sum('spent')),
      })}
      definition={t('reports:points.definition')}
      x={{ name: t('reports:month'), values: shown.map(({ month }) => format.month(month)) }}
      y={{ name: t('reports:points.points'), format: format.points, mark: format.short }}
      series={kinds.map((key, i) => ({
        name: t(`reports:points.${key}`),
        color: colorOf[key] ?? i + 3,
        values: shown.map((month) => month[key]),
      }))}
      download="points"
    />
  )
}

function OwedChart({ points }: { points: Points }) {
  const { t } = useTexts()
  const format = useFormat()
  const { by_age, outstanding, point_value_minor } = points
  const soon = by_age.reduce((total, month) => total + month.expires_within_90_days, 0)
  const value = format.worth(point_value_minor)
  return (
    <Chart
      kind="stack"
      title={
        soon > 0
          ? t('reports:points.owedTitle', { soon: format.percent(soon / outstanding) })
          : t('reports:points.owedNone')
      }
      definition={t('reports:points.owedDefinition', { value })}
      x={{ name: t('reports:points.earnedIn'), values: by_age.map(({ earned_month }) => format.month(earned_month)) }}
      y={{ name: t('reports:points.left'), format: format.points, mark: format.short }}
      series={[
        {
          name: t('reports:points.soon'),
          color: colorOf['expired'],
          values: by_age.map((month) => month.expires_within_90_days),
        },
        {
          name: t('reports:points.left'),
          color: colorOf['owed'],
          values: by_age.map((month) => month.remaining - month.expires_within_90_days),
        },
      ]}
      download="points-owed"
    />
  )
}
