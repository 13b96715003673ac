import { systemActor } from '../src/base/actor.ts'
import { sql } from '../src/base/sql.ts'
import * as campaigns from '../src/steer/campaigns/campaigns.ts'
import { atLeast, openBenchDatabase, secondsOf, type Bench } from './bench.ts'
import { fillRecipients, prepareCampaign, recipients } from './mailing.ts'

const actor = systemActor('bench')
/** 50,000 members a second, where a bare insert of as many keys reached 700,000. */
const leastShare = 50_000 / 700_000

/** Segment → consent and address checks → draw → one row a member in campaign and messages. */
export const bench: Bench = {
  name: 'audience',
  async run(tell) {
    const { db, close } = await openBenchDatabase()
    try {
      await fillRecipients(db, recipients)
      const { template_id, segment_id } = await prepareCampaign(db)
      await db.run(
        sql`create table bare_audience (member_id uuid, send_id uuid, status text, at timestamptz,
          primary key (member_id, send_id))`,
      )
      const limit =
        recipients /
        (await secondsOf(() =>
          db.tx({ actor }, (tx) =>
            tx.run(sql`
          insert into bare_audience select member_id, ${segment_id}::uuid, 'waiting', ${tx.now}::timestamptz
            from members order by member_id`),
          ),
        ))
      tell(`bare insert … select of as many keys: ${Math.round(limit)} members/s`)
      const seconds = await secondsOf(() =>
        db.tx({ actor }, async (tx) => {
          const campaign = await campaigns.create(tx, { name: 'Bench', template_id, segment_id })
          await campaigns.schedule(tx, campaign.campaign_id, {})
          await campaigns.launch(tx, campaign.campaign_id, 'https://shop.example')
        }),
      )
      return atLeast(
        leastShare,
        recipients / seconds,
        limit,
        'members/s',
        'an audience of 100,000 drawn and queued, against a bare insert of as many keys',
      )
    } finally {
      await close()
    }
  },
}
