/** Returned letters come in by SMTP: the listener of the channels joined to the verb of messages. */
import { systemActor } from '../base/actor.ts'
import type { Db } from '../base/db.ts'
import { openBounceListener, type BounceListener } from '../channels/bounces.ts'
import * as messages from '../reach/messages/messages.ts'

/** Listens for returned letters; what cannot be taken in is told, and its sender asked to come back. */
export async function startBounceListener(
  db: Db,
  options: { host: string; port: number; onError?: (error: Error) => void },
): Promise<BounceListener> {
  return openBounceListener({
    ...options,
    knows: (ref) => messages.knowsCode(db, ref),
    receive: async (receipts) => {
      await db.tx({ actor: systemActor('bounce') }, (tx) => messages.receive(tx, receipts))
    },
  })
}
