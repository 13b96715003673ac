/** How a segment's size went. */
import { Text } from '@mantine/core'
import { Chart } from '../../kit/chart.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { BlockSkeleton, Failed } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'

const chartHeight = 200

export function SizeChart({ segment_id }: { segment_id: string }) {
  const { t } = useTexts()
  const format = useFormat()
  const read = useCall<'GET /v1/admin/segments/:segment_id/sizes'>('GET /v1/admin/segments/:segment_id/sizes', {
    params: { segment_id },
  })
  if (read.isPending) return <BlockSkeleton height={chartHeight} />
  if (!read.data) return <Failed error={read.error} retry={() => void read.refetch()} />
  const days = lastOfEachDay(read.data.data, format.time_zone)
  const [first, last] = [days[0], days.at(-1)]
  if (!first || !last || days.length < 2)
    return (
      <Text c="dimmed" size="sm">
        {t('segments:sizeSoon')}
      </Text>
    )
  const said = { first: format.number(first.count), last: format.number(last.count), day: format.day(first.day) }
  const versions = new Set(read.data.data.map(({ version }) => version)).size - 1
  return (
    <Section>
      <Chart
        kind="line"
        height={chartHeight}
        title={first.count === last.count ? t('segments:sizeChartSame', said) : t('segments:sizeChart', said)}
        definition={t('segments:sizeDefinition', { versions: format.number(versions) })}
        download="segment-sizes"
        x={{ name: t('segments:sizeDay'), values: days.map(({ day }) => format.day(day)) }}
        y={{ name: t('segments:sizeAxis'), format: format.number, mark: format.short }}
        series={[{ name: t('segments:sizeAxis'), values: days.map(({ count }) => count) }]}
      />
    </Section>
  )
}

interface Counted {
  computed_at: string
  count: number
}

/** The last count of each day of the program, days without one as gaps. */
function lastOfEachDay(sizes: readonly Counted[], zone: string): { day: string; count: number | null }[] {
  const dayOf = new Intl.DateTimeFormat('en-CA', { timeZone: zone })
  const byDay = new Map(sizes.map((size) => [dayOf.format(new Date(size.computed_at)), size.count]))
  const [from, to] = [[...byDay.keys()][0], [...byDay.keys()].at(-1)]
  if (!from || !to) return []
  const days: { day: string; count: number | null }[] = []
  for (let at = Date.parse(from); at <= Date.parse(to); at += 86_400_000) {
    const day = new Date(at).toISOString().slice(0, 10)
    days.push({ day, count: byDay.get(day) ?? null })
  }
  return days
}
