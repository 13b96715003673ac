/** What periods promised beside their days, and what came of it. Gifts hand it out and note it here. */
import type { Reader, Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import type { PlanReward } from './types.ts'

/** A reward that could not be given, with the plan it is of. */
export interface RefusedReward {
  member_id: string
  display_name: string | null
  reward_id: string
  names: Record<string, string>
  reward: PlanReward
  refused: string
  promised_at: Date
}

/** Rewards that could not be given, newest first; or the one that is named. */
export async function refusedRewards(
  db: Reader,
  page: { limit: number; reward_id?: string },
): Promise<RefusedReward[]> {
  return db.rows<RefusedReward>(sql`
    select r.member_id, m.display_name, r.reward_id, p.names, r.reward, r.refused, r.promised_at
    from plan_rewards r join members m on m.member_id = r.member_id
    join plans p on p.plan_id = r.plan_id
    where r.refused is not null
      and (${page.reward_id ?? null}::uuid is null or r.reward_id = ${page.reward_id ?? null}::uuid)
    order by r.promised_at desc, r.reward_id limit ${page.limit}::int`)
}

/** Notes what came of rewards: the gift, or why it could not be given. */
export async function noteRewards(
  tx: Tx,
  notes: readonly { member_id: string; reward_id: string; gift_id: string | null; refused: string | null }[],
): Promise<void> {
  await tx.run(sql`
    update plan_rewards r set gift_id = one.gift_id, refused = one.refused
    from unnest(${notes.map((one) => one.member_id)}::uuid[], ${notes.map((one) => one.reward_id)}::uuid[],
      ${notes.map((one) => one.gift_id)}::uuid[], ${notes.map((one) => one.refused)}::text[])
      as one (member_id, reward_id, gift_id, refused)
    where r.member_id = one.member_id and r.reward_id = one.reward_id`)
}

/** Closes refused rewards of periods that went back whole, and answers the gifts that were given for them. */
export async function undoRewards(
  tx: Tx,
  undone: readonly { member_id: string; subscription_id: string; number: number }[],
): Promise<{ member_id: string; gift_id: string }[]> {
  const rows = await tx.rows<{ member_id: string; gift_id: string | null }>(sql`
    with gone as (
      select * from unnest(${undone.map((one) => one.member_id)}::uuid[],
        ${undone.map((one) => one.subscription_id)}::uuid[], ${undone.map((one) => one.number)}::int[])
        as gone (member_id, subscription_id, number)
    ),
    closed as (
      update plan_rewards r set refused = null from gone
      where r.member_id = gone.member_id and r.subscription_id = gone.subscription_id and r.number = gone.number
        and r.refused is not null
    )
    select r.member_id, r.gift_id from plan_rewards r join gone using (member_id, subscription_id, number)
    order by r.member_id, r.gift_id`)
  return rows.flatMap(({ member_id, gift_id }) => (gift_id === null ? [] : [{ member_id, gift_id }]))
}
