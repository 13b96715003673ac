/** How many come back after their first purchase, and how soon? */
import { Select } from '@mantine/core'
import { useAddress } from '../../kit/address.ts'
import type { Answer } from '../../kit/call.ts'
import { Chart } from '../../kit/chart.tsx'
import { nothing, useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { useCall } from '../../kit/use-call.ts'
import { ReportPage } from './report-page.tsx'

type Repurchase = Answer<'GET /v1/admin/reports/repurchase'>

const daysChoices = [30, 60, 90, 180, 365]
const daysDefault = 90
/** Months compared at each end for "rose" and "fell". */
const monthsCompared = 3
/** A change below two points of a hundred is noise. */
const steadyBelow = 0.02

export default function RepurchasePage() {
  const { t } = useTexts()
  const format = useFormat()
  const [address, setAddress] = useAddress()
  const asked = Number(address['within_days'])
  const within_days = daysChoices.includes(asked) ? asked : daysDefault
  const read = useCall('GET /v1/admin/reports/repurchase', { query: { within_days } })
  return (
    <ReportPage
      name="repurchase"
      read={read}
      isEmpty={({ eligible, median_interval_days }) => eligible === 0 && median_interval_days === null}
      download={{ within_days }}
      answer={(data) => answerOf(data)}
      controls={
        <Select
          size="xs"
          w={150}
          aria-label={t('reports:repurchase.within')}
          value={String(within_days)}
          onChange={(value) => setAddress({ within_days: value })}
          data={daysChoices.map((days) => ({
            value: String(days),
            label: t('reports:repurchase.days', { days: format.number(days) }),
          }))}
        />
      }
    >
      {(data) => (
        <Section>
          <RateChart data={data} />
        </Section>
      )}
    </ReportPage>
  )

  function answerOf({ rate, within_days: days, again, eligible, median_interval_days: median }: Repurchase): string {
    if (rate === null) return t('reports:repurchase.answerNone', { days })
    const params = {
      rate: format.percent(rate),
      days,
      again: format.number(again),
      eligible: format.number(eligible),
    }
    return median === null
      ? t('reports:repurchase.answerNoRhythm', params)
      : t('reports:repurchase.answer', { ...params, interval: format.number(Math.round(median)) })
  }
}

function RateChart({ data }: { data: Repurchase }) {
  const { t } = useTexts()
  const format = useFormat()
  const { within_days: days, by_month } = data
  const [before, lately] = [rateOf(by_month.slice(0, monthsCompared)), rateOf(by_month.slice(-monthsCompared))]
  const change = before === null || lately === null ? 0 : lately - before
  const word = Math.abs(change) < steadyBelow ? 'steady' : change > 0 ? 'rose' : 'fell'
  const rate = lately === null ? nothing : format.percent(lately)
  return (
    <Chart
      kind="line"
      title={t(`reports:repurchase.${word}`, { days, rate })}
      definition={t('reports:repurchase.definition', { days })}
      x={{ name: t('reports:repurchase.month'), values: by_month.map(({ month }) => format.month(month)) }}
      y={{
        name: t('reports:repurchase.rate'),
        format: (share) => format.percent(share, 1),
        mark: (share) => format.percent(share),
      }}
      series={[{ name: t('reports:repurchase.rate'), color: 1, values: by_month.map((month) => month.rate) }]}
      download="repurchase"
    />
  )
}

function rateOf(months: Repurchase['by_month']): number | null {
  const eligible = months.reduce((sum, month) => sum + month.eligible, 0)
  return eligible === 0 ? null : months.reduce((sum, month) => sum + month.again, 0) / eligible
}
