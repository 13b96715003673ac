/** The demo brand's offer under way, seen by some and completed by a few, and a privilege of its second tier. */
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { addMs, dayMs } from '../../base/time.ts'
import * as offers from '../../value/offers/offers.ts'
import { anything } from '../../value/offers/types.ts'
import * as privileges from '../../value/privileges/privileges.ts'
import { ladderOf } from '../../value/tiers/tiers.ts'

/** Members who bought lately and were given the offer. */
const holders = 120
/** So long ago, so that some have completed it by now. */
const issued_days_ago = 5
/** Every so many of them has looked at it. */
const viewed_each = 2

/** Makes them once; a demo that is taken up again keeps what is there. */
export async function makeOffers(tx: Tx): Promise<void> {
  if (await tx.row(sql`select from offers limit 1`)) return
  const { offer_id } = await offers.create(tx, {
    names: { 'zh-TW': '一週喝滿 300', en: 'A week of tea', 'zh-CN': '一周喝满 300' },
    rule: {
      window: { counts_from: 'issue', hours: 7 * 24, from: null, until: null },
      threshold: { measure: 'spend', reach: 'at_least', amount: 300 },
      scope: anything,
      refunds: 'undo',
      reward: { kind: 'points', points: 30 },
    },
  })
  const issued_at = addMs(tx.now, -issued_days_ago * dayMs)
  const chosen = await tx.rows<{ member_id: string }>(sql`
    select m.member_id from members m join member_statistics s on s.member_id = m.member_id
    where m.kind = 'member' and s.last_order_at is not null
    order by s.last_order_at desc, m.member_id limit ${holders}::int`)
  const issued = await offers.issue(
    tx,
    chosen.map(({ member_id }) => ({ member_id, offer_id, source: 'demo', source_id: 'week', issued_at })),
  )
  await offers.view(
    tx,
    issued.flatMap(({ issue_id }, i) =>
      issue_id && i % viewed_each === 0
        ? [{ member_id: chosen[i]!.member_id, issue_id, viewed_at: addMs(issued_at, dayMs) }]
        : [],
    ),
  )
  const second = (await ladderOf(tx))[1]
  await privileges.create(tx, {
    names: { 'zh-TW': '每月一杯招待茶', en: 'A cup on us each month', 'zh-CN': '每月一杯招待茶' },
    texts: {
      'zh-TW': '任選一杯中杯原茶，門市現場使用。',
      en: 'Any medium plain tea, in our shops.',
      'zh-CN': '任选一杯中杯原茶，门店现场使用。',
    },
    rule: { tier_codes: second ? [second.code] : [], quota: { uses: 1, period: 'month' } },
  })
}
