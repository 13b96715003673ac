/** What the owner allows at the counter, and where a person works. */
import type { Actor } from '../../../base/actor.ts'
import type { Reader, Tx } from '../../../base/db.ts'
import { AppError } from '../../../base/errors.ts'
import { sql } from '../../../base/sql.ts'
import { dayMs } from '../../../base/time.ts'
import { audit, differenceOf } from '../../../record/staff/staff.ts'
import * as stores from '../../../record/stores/stores.ts'
import { rules_default, type TillRules } from './types.ts'

/** The rules in force; what was never set is as by default. */
export async function rulesOf(db: Reader): Promise<TillRules> {
  const row = await db.row<{ rules: Partial<TillRules> }>(sql`select rules from till_rules`)
  return { ...rules_default, ...row?.rules }
}

/** From now on these. */
export async function setRules(tx: Tx, rules: TillRules): Promise<TillRules> {
  const before = await rulesOf(tx)
  await tx.run(sql`
    insert into till_rules (rules) values (${JSON.stringify(rules)}::jsonb)
    on conflict (one) do update set rules = excluded.rules`)
  await audit(tx, [{ action: 'till.rules_changed', noun: 'till', noun_id: null, ...differenceOf(before, rules) }])
  return rules
}

/** Whoever acts, and whether they answer for clerks. */
export interface Clerk {
  actor: Actor
  manages: boolean
}

/** People are limited; a shop system's key and the program itself are not, nor who answers for others. */
export const isLimited = ({ actor, manages }: Clerk) => actor.kind === 'staff' && !manages

/** Throws `till.not_your_store` for a clerk who works elsewhere; a receipt of no store is everybody's. */
export const insistOnStore = (db: Reader, { actor }: Pick<Clerk, 'actor'>, store_id: string | null) =>
  stores.insistOnStore(db, actor, store_id)

/** The same for the store of an order; one that is not here is refused by whoever looks for it. */
export async function insistOnStoreOf(db: Reader, actor: Actor, order_id: string) {
  const order = await db.row<{ store_id: string | null }>(sql`
    select store_id from orders where order_id = ${order_id}::uuid`)
  await insistOnStore(db, { actor }, order?.store_id ?? null)
}

/** The same for the store of the order that bears a number. */
export async function insistOnStoreOfNumber(db: Reader, actor: Actor, number: { source: string; source_id: string }) {
  if (actor.kind !== 'staff') return
  const key = await db.row<{ order_id: string }>(sql`
    select order_id from order_keys
    where source = ${number.source}::text and source_id = ${number.source_id}::text and kind = 'order'`)
  if (key) await insistOnStoreOf(db, actor, key.order_id)
}

/** The same for the store's code, as tills say it; an unknown one is nobody's. */
export async function insistOnStoreCode(db: Reader, actor: Actor, codes: readonly (string | null | undefined)[]) {
  if (actor.kind !== 'staff') return
  const theirs = await stores.storesOf(db, actor.id!)
  if (theirs.length === 0) return
  const other = codes.find((code) => code && !theirs.some((store) => store.code === code.trim()))
  if (!other) return
  const named = await db.row<{ name: string }>(sql`select name from stores where code = ${other.trim()}::text`)
  const names = theirs.map(({ name }) => name).join(', ')
  throw new AppError('till.not_your_store', { store: named?.name ?? other, stores: names }, { status: 403 })
}

/** What waited on a device over night is no late receipt. */
const recent_ms = dayMs

/** People ring up what is bought now; throws `till.receipt_too_old` for what is older than a receipt may be given. */
export async function insistOnRecent(tx: Tx, bought: readonly { occurred_at?: string | undefined }[]): Promise<void> {
  if (tx.actor.kind !== 'staff') return
  const oldest = Math.min(...bought.map(({ occurred_at }) => (occurred_at ? Date.parse(occurred_at) : Infinity)))
  if (!(tx.now.getTime() - oldest > recent_ms)) return
  const { late_days_max: most } = await rulesOf(tx)
  const days = Math.floor((tx.now.getTime() - oldest) / dayMs)
  if (days > most) throw new AppError('till.receipt_too_old', { days, most })
}
