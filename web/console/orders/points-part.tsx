/** Which points came of an order, entry by entry, each with its reasons. */
import { Stack, Text } from '@mantine/core'
import { useFormat } from '../../kit/format.ts'
import { textOf, useTexts } from '../../kit/i18n.ts'
import { Moment } from '../../kit/moment.tsx'
import { Failed, TextSkeleton } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { Why } from '../why.tsx'

export function Points({ order_id }: { order_id: string }) {
  const { t } = useTexts()
  const format = useFormat()
  const read = useCall('GET /v1/admin/orders/:order_id/points', { params: { order_id } })
  if (read.isError && !read.data) return <Failed error={read.error} retry={() => void read.refetch()} />
  if (!read.data) return <TextSkeleton lines={3} />
  const entries = read.data.data
  const sum = entries.reduce((total, { points }) => total + points, 0)
  if (entries.length === 0) return <Text c="dimmed">{t('orders:one.noPoints')}</Text>
  return (
    <Stack gap="md">
      <Text fw={600}>{t('orders:one.pointsSum', { count: sum, points: format.points(sum) })}</Text>
      {entries.map(({ entry_id, entry_kind, points, occurred_at, why }) => (
        <div key={entry_id}>
          <Text component="div">
            {textOf(`members:timeline.points.${entry_kind}`, entry_kind, { points: format.points(Math.abs(points)) })}
            <Text span c="dimmed" size="sm" ml="xs">
              <Moment at={occurred_at} />
            </Text>
          </Text>
          <Why why={why} />
        </div>
      ))}
    </Stack>
  )
}
