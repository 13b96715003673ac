/** Where an order came from; of a file that named no source, which file that was. */
import { Fragment } from 'react'
import { Door } from '../../kit/door.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import type { Order } from './detail-page.tsx'
import { unnamedSource, useSourceName } from './words.tsx'

export function OrderSource({ order }: { order: Pick<Order, 'source' | 'recorded_at'> }) {
  const sourceName = useSourceName()
  const isUnnamed = order.source === unnamedSource
  const query = { source: unnamedSource, at: order.recorded_at, limit: 3 }
  const read = useCall('GET /v1/admin/imports', { query }, { enabled: useMay()('imports:read') && isUnnamed })
  const files = read.data?.data.filter((one) => one.kind === 'orders') ?? []
  if (files.length === 0) return sourceName(order.source)
  return files.map(({ import_id, file_name }, i) => (
    <Fragment key={import_id}>
      {i > 0 && ' · '}
      <Door className="rg-door" to={`/imports/${import_id}`}>
        {file_name}
      </Door>
    </Fragment>
  ))
}
