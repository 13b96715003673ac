/**
 * A *fact* is one immutable thing that happened to one member, written in the transaction of the change.
 * *Bound* hearers run inside that transaction, over sets, in floors order. *Later* hearers read the feed (feed.ts).
 * Facts carry no personal data: names, addresses and texts stay in their own tables.
 */
import { actorText } from './actor.ts'
import { copy_rows_min, copyRows } from './bulk.ts'
import type { Tx } from './db.ts'
import { sql } from './sql.ts'

/** A fact about to be written. `data` holds ids, codes and amounts only. */
export interface Fact {
  /** `noun.past_tense`. */
  name: string
  member_id: string
  occurred_at: Date
  data: Record<string, unknown>
  /** What bound hearers would otherwise read again (an order's lines). Not stored. */
  context?: unknown
}

/** Runs inside the transaction that writes the facts it names; gets all of one call that match, in their order. */
export interface BoundHearer {
  /** For logs and for the order test: the module that hears. */
  module: string
  names: readonly string[]
  hear(tx: Tx, facts: readonly Fact[]): Promise<void>
}

/** Writes facts and lets the bound hearers act on them before returning. */
export async function write(tx: Tx, facts: readonly Fact[]): Promise<void> {
  if (facts.length === 0) return
  tx.heard(facts)
  // the rows are on their way before the hearers' own statements; nobody needs to wait for them
  await Promise.all([facts.length < copy_rows_min ? insert(tx, facts) : copy(tx, facts), hear(tx, facts)])
}

async function hear(tx: Tx, facts: readonly Fact[]): Promise<void> {
  for (const hearer of tx.bound) {
    const matching = facts.filter((fact) => hearer.names.includes(fact.name))
    if (matching.length > 0) await hearer.hear(tx, matching)
  }
}

/**
 * Runs work and lets the bound hearers hear all its facts at once when it is done, member by member in the order of
 * time:
 * what was written as all sales first and all returns after is heard as it happened, and each member is looked at once.
 */
export async function together<T>(tx: Tx, work: (tx: Tx) => Promise<T>): Promise<T> {
  const told: Fact[] = []
  const result = await work({
    ...tx,
    bound: [],
    heard(facts) {
      for (const fact of facts) told.push(fact)
      tx.heard(facts)
    },
  })
  const order = (a: Fact, b: Fact) =>
    (a.member_id < b.member_id ? -1 : a.member_id > b.member_id ? 1 : 0) ||
    a.occurred_at.getTime() - b.occurred_at.getTime()
  for (const hearer of tx.bound) {
    const matching = told.filter((fact) => hearer.names.includes(fact.name)).sort(order)
    if (matching.length > 0) await hearer.hear(tx, matching)
  }
  return result
}

async function insert(tx: Tx, facts: readonly Fact[]): Promise<void> {
  await tx.run(sql`
    insert into facts (member_id, name, occurred_at, recorded_at, data, actor)
    select member_id, name, occurred_at, ${tx.now}::timestamptz, data, ${actorText(tx.actor)}::text
    from unnest(
      ${facts.map((fact) => fact.member_id)}::uuid[], ${facts.map((fact) => fact.name)}::text[],
      ${facts.map((fact) => fact.occurred_at.toISOString())}::timestamptz[],
      ${facts.map((fact) => JSON.stringify(fact.data))}::jsonb[]
    ) as fact (member_id, name, occurred_at, data)`)
}

async function copy(tx: Tx, facts: readonly Fact[]): Promise<void> {
  const recorded_at = tx.now.toISOString()
  const actor = actorText(tx.actor)
  const rows = facts.map((fact) => [fact.member_id, fact.name, fact.occurred_at, recorded_at, fact.data, actor])
  await copyRows(tx, 'copy facts (member_id, name, occurred_at, recorded_at, data, actor) from stdin', rows)
}
