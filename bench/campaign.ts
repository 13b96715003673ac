import nodemailer from 'nodemailer'
import { systemActor } from '../src/base/actor.ts'
import { sql } from '../src/base/sql.ts'
import { channels } from '../src/app/channels.ts'
import * as messages from '../src/reach/messages/messages.ts'
import { atLeast, openBenchDatabase, secondsOf, type Bench } from './bench.ts'
import { fillRecipients, html, openSink, prepareCampaign, recipients } from './mailing.ts'

/** Enough for a steady rate; the limit is a rate, not a duration. */
const bareMessages = 20_000
const connections = 5

/** A campaign of 100,000 with a row for each, into the same SMTP sink as bare pooled nodemailer. */
export const bench: Bench = {
  name: 'campaign',
  async run(tell) {
    const sink = await openSink()
    const { db, close } = await openBenchDatabase()
    try {
      await fillRecipients(db, recipients)
      const { template_id } = await prepareCampaign(db)
      const limit = bareMessages / (await bare(sink.port))
      tell(`bare pooled nodemailer: ${Math.round(limit)} messages/s`)
      await db.tx({ actor: systemActor('bench') }, async (tx) => {
        await messages.configure(tx, 'email', {
          settings: {
            host: '127.0.0.1',
            port: sink.port,
            security: 'none',
            from_email: 'hello@shop.example',
            from_name: 'Shop',
            connections_max: connections,
          },
        })
        const send = await messages.openSend(tx, {
          origin: 'bench',
          origin_id: '1',
          template_id,
          channel: 'email',
          base_url: 'https://shop.example',
        })
        await messages.queue(tx, send.send_id, {
          members: sql`select member_id, ''::text as occurrence from members`,
          not_after: new Date(tx.now.getTime() + 86_400_000),
        })
      })
      let sent = 0
      const seconds = await secondsOf(async () => {
        sent = (await messages.deliver(db, { channels })).sent
      })
      if (sent !== recipients) throw new Error(`${sent} of ${recipients} messages were sent`)
      return atLeast(
        0.6,
        sent / seconds,
        limit,
        'messages/s',
        'a campaign of 100,000, rendered, logged and tracked, against bare pooled nodemailer into the same sink',
      )
    } finally {
      await close()
      sink.close()
    }
  },
}

async function bare(port: number): Promise<number> {
  const transport = nodemailer.createTransport({
    host: '127.0.0.1',
    port,
    pool: true,
    maxConnections: connections,
    maxMessages: Infinity,
    ignoreTLS: true,
  })
  const seconds = await secondsOf(() =>
    Promise.all(
      Array.from({ length: bareMessages }, (_, i) =>
        transport.sendMail({
          from: 'hello@shop.example',
          to: `m${i}@example.com`,
          subject: '好久不見',
          html,
          text: '好久不見',
        }),
      ),
    ),
  )
  transport.close()
  return seconds
}
