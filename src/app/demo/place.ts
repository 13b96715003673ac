/** Orders through the API of this process, as a till with a key would send them. */
import { systemActor } from '../../base/actor.ts'
import type { Db } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import type { OrderWire } from '../../record/orders/types.ts'
import * as staff from '../../record/staff/staff.ts'
import { openServer } from '../server.ts'

/** The batch route takes so many at once. */
const batchMax = 1_000

export interface Till {
  place(orders: OrderWire[]): Promise<void>
  close(): Promise<void>
}

/** Opens the API in this process with a key of its own; `close` revokes the key. */
export async function placeThroughApi(db: Db, log: Log): Promise<Till> {
  const actor = systemActor('demo till')
  const { key, token } = await db.tx({ actor }, (tx) =>
    staff.createKey(tx, { name: 'Demo till', scopes: ['orders:write'], may: new Set(['*']) }),
  )
  const server = await openServer({ db, log })
  return {
    async place(orders) {
      for (let from = 0; from < orders.length; from += batchMax) {
        const answer = await server.inject({
          method: 'POST',
          url: '/v1/admin/orders/batch',
          headers: { authorization: `Bearer ${token}` },
          payload: { orders: orders.slice(from, from + batchMax) },
        })
        const body = answer.json<{ data?: { outcome: string; code?: string }[]; code?: string }>()
        const refused = body.data?.find((one) => one.outcome === 'refused')
        if (answer.statusCode >= 300 || refused) {
          throw new AppError('demo.order_refused', { status: answer.statusCode, code: refused?.code ?? body.code })
        }
      }
    },
    async close() {
      await db.tx({ actor }, (tx) => staff.revokeKey(tx, key.key_id))
      await server.close()
    },
  }
}
