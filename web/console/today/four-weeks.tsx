/** Four weeks of sales, day by day; the title says which weekday carries them. */
import { Chart } from '../../kit/chart.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { colorOf } from '../../kit/palette.ts'
import type { Today } from './page.tsx'

/** Days that belong to the week the page speaks of. */
const weekDays = 7

export function FourWeeks({ days }: { days: Today['days'] }) {
  const { t, language } = useTexts()
  const format = useFormat()
  const short = new Intl.DateTimeFormat(language, {
    month: 'numeric',
    day: 'numeric',
    weekday: 'short',
    timeZone: 'UTC',
  })
  const cut = days.length - weekDays
  const best = weekdaysOf(days.slice(0, -1), language)
  return (
    <Chart
      kind="stack"
      title={
        best
          ? t('today:chartTitle', {
              best: best.most.name,
              best_net: format.money(best.most.net_minor),
              least: best.least.name,
            })
          : t('today:chartPlain')
      }
      definition={t('today:chartDefinition')}
      x={{ name: t('today:day'), values: days.map(({ day }) => short.format(instantOf(day))) }}
      y={{ name: t('today:net'), format: format.money, mark: format.moneyShort }}
      series={[
        {
          name: t('today:before'),
          color: colorOf['guests'],
          values: days.map((day, i) => (i < cut ? day.net_minor : null)),
        },
        {
          name: t('today:lastSeven'),
          color: colorOf['members'],
          values: days.map((day, i) => (i < cut ? null : day.net_minor)),
        },
      ]}
      download="days"
    />
  )
}

function instantOf(day: string): Date {
  return new Date(`${day}T00:00:00Z`)
}

/** The best and the weakest weekday by their average; null while nothing was sold. */
function weekdaysOf(days: Today['days'], language: string) {
  const name = new Intl.DateTimeFormat(language, { weekday: 'long', timeZone: 'UTC' })
  const sums = new Map<string, { sum: number; days: number }>()
  for (const { day, net_minor } of days) {
    const weekday = name.format(instantOf(day))
    const known = sums.get(weekday) ?? { sum: 0, days: 0 }
    sums.set(weekday, { sum: known.sum + net_minor, days: known.days + 1 })
  }
  const averages = [...sums]
    .map(([weekday, { sum, days: count }]) => ({ name: weekday, net_minor: Math.round(sum / count) }))
    .sort((a, b) => b.net_minor - a.net_minor)
  const [most, least] = [averages[0], averages.at(-1)]
  return most && least && most.net_minor > 0 && most.net_minor !== least.net_minor ? { most, least } : null
}
