/** The demo brand's moments: a welcome on joining and points in the month of the birthday, given as they are due. */
import '../fields.ts'
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import * as moments from '../../value/moments/moments.ts'
import type { MomentRule } from '../../value/moments/types.ts'

const plain: Omit<MomentRule, 'when' | 'reward'> = {
  whom: null,
  budget_id: null,
  before_days: 0,
  after_days: 0,
  joined_days_min: 0,
}

/** Makes them once; a demo that is taken up again keeps what is there. */
export async function makeMoments(tx: Tx): Promise<void> {
  if (await tx.row(sql`select from moments limit 1`)) return
  await moments.create(tx, {
    names: { 'zh-TW': '入會禮', en: 'A welcome', 'zh-CN': '入会礼' },
    rule: { ...plain, when: { kind: 'joining' }, reward: { kind: 'points', points: 30 } },
  })
  await moments.create(tx, {
    names: { 'zh-TW': '生日禮', en: 'The birthday', 'zh-CN': '生日礼' },
    rule: {
      ...plain,
      when: { kind: 'birthday', span: 'month', calendar: 'solar' },
      reward: { kind: 'points', points: 60 },
      // who joins for the gift alone has gone by then
      joined_days_min: 30,
    },
  })
  while (await moments.giveDue(tx)) continue
}
