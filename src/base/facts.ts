/**
 * A *fact* is one immutable thing that happened to one member, written in the transaction of the change.
 * *Bound* hearers run inside that transaction, over sets, in floors order. *Later* hearers read the feed (feed.ts).
 * Facts carry no personal data: names, addresses and texts stay in their own tables.
 */
import { actorText } from './actor.ts'
import { copyBinary } from './binary-rows.ts'
import { copy_rows_min } from './bulk.ts'
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
  /**
   * True: hears when all others have done with the outermost call, and then at once what that call and those inside it
   * told. For who acts on what an order brought about (its tier, its count) without standing in between.
   */
  is_last?: boolean
  /** Asks when the facts are told for what `hear` will get (see `knowing`). */
  ahead?: (tx: Tx, facts: readonly Fact[]) => Promise<unknown>
  /**
   * Begins what `hear` will go on with when the facts are foretold (see `foretell`): `hear` gets it if they are told,
   * and nobody if they are not. Whoever begins here begins before all others that hear.
   */
  foretold?: (tx: Tx, facts: readonly Fact[]) => Promise<unknown>
  hear(tx: Tx, facts: readonly Fact[], ahead?: Promise<unknown>): Promise<void>
}

/**
 * A hearer that first asks for something that nobody who hears before it changes, such as whether it has anything to do
 * at all. All such questions leave together with the facts, so that each turn begins with its answer. Of one that hears
 * last the question must not hang on the facts.
 */
export function knowing<Known>(hearer: {
  module: string
  names: readonly string[]
  is_last?: boolean
  ahead: (tx: Tx, facts: readonly Fact[]) => Promise<Known>
  hear: (tx: Tx, facts: readonly Fact[], known: Known) => Promise<void>
}): BoundHearer {
  return {
    ...hearer,
    hear: async (tx, facts, ahead) => hearer.hear(tx, facts, (await (ahead ?? hearer.ahead(tx, facts))) as Known),
  }
}

/**
 * Tells facts and lets the bound hearers act on them before returning. They are put down with all others of their
 * transaction when it commits (`put`): nobody asks inside it for what was told inside it.
 */
export async function write(tx: Tx, facts: readonly Fact[]): Promise<void> {
  if (facts.length === 0) return
  tx.heard(facts)
  await hear(tx, facts)
}

/** Puts down what was told in a transaction, in that order: db.ts does it before a commit and before a savepoint. */
export async function put(tx: Tx, facts: readonly Fact[]): Promise<void> {
  if (facts.length >= copy_rows_min) await copy(tx, facts)
  else if (facts.length > 0) insert(tx, facts)
}

/** What hearers asked for when these very facts were foretold. */
const foretold = new WeakMap<readonly Fact[], Ahead>()

/**
 * Says which facts will most likely be told next, so that what their hearers ask for comes with what is being asked
 * now instead of with another way to the server. It holds for this very array: other facts are told as ever.
 */
export function foretell(tx: Tx, facts: readonly Fact[]): void {
  const answers = asked(tx, facts)
  for (const hearer of tx.bound) {
    const matching = hearer.foretold ? matchingOf(hearer, facts) : []
    if (matching.length === 0) continue
    const begun = hearer.foretold!(tx, matching)
    // nobody hears of it if the facts are not told
    begun.catch(() => undefined)
    answers.set(hearer, begun)
  }
  foretold.set(facts, answers)
}

/** What waits in a transaction for the end of its outermost call. */
interface Waiting {
  depth: number
  told: Fact[]
}
const waiting = new WeakMap<Tx, Waiting>()

async function hear(tx: Tx, facts: readonly Fact[]): Promise<void> {
  const ahead = foretold.get(facts) ?? asked(tx, facts)
  await inDepth(tx, facts, ahead, async () => {
    for (const hearer of tx.bound) {
      const matching = hearer.is_last ? [] : matchingOf(hearer, facts)
      if (matching.length > 0) await hearer.hear(tx, matching, ahead.get(hearer))
    }
  })
}

type Ahead = ReadonlyMap<BoundHearer, Promise<unknown>>
const matchingOf = ({ names }: BoundHearer, facts: readonly Fact[]) =>
  facts.filter((fact) => names.includes(fact.name))

/** What hearers ask for ahead; inside another call those that hear last have asked already. */
function asked(tx: Tx, facts: readonly Fact[]): Map<BoundHearer, Promise<unknown>> {
  const isInside = (waiting.get(tx)?.depth ?? 0) > 0
  const answers = new Map<BoundHearer, Promise<unknown>>()
  for (const hearer of tx.bound) {
    if (!hearer.ahead || (hearer.is_last && isInside)) continue
    const matching = matchingOf(hearer, facts)
    if (matching.length === 0) continue
    const answer = hearer.ahead(tx, matching)
    // whoever throws before its turn undoes all of it: nobody waits for this answer then
    answer.catch(() => undefined)
    answers.set(hearer, answer)
  }
  return answers
}

/** Runs the hearers of one call; behind the outermost one, those that hear last. */
async function inDepth(tx: Tx, facts: readonly Fact[], ahead: Ahead, work: () => Promise<void>): Promise<void> {
  const last = tx.bound.filter((hearer) => hearer.is_last)
  if (last.length === 0) return work()
  const held = waiting.get(tx) ?? { depth: 0, told: [] }
  waiting.set(tx, held)
  for (const fact of facts) if (last.some((hearer) => hearer.names.includes(fact.name))) held.told.push(fact)
  held.depth += 1
  try {
    await work()
  } finally {
    held.depth -= 1
  }
  if (held.depth > 0 || held.told.length === 0) return
  const told = held.told
  held.told = []
  for (const hearer of last) {
    const matching = matchingOf(hearer, told)
    if (matching.length > 0) await hearer.hear(tx, matching, ahead.get(hearer))
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
  await hear(tx, told.sort(order))
  return result
}

function insert(tx: Tx, facts: readonly Fact[]): void {
  tx.send(sql`
    insert into facts (member_id, name, occurred_at, recorded_at, data, actor)
    select member_id, name, occurred_at, ${tx.now}::timestamptz, data, ${actorText(tx.actor)}::text
    from unnest(
      ${facts.map((fact) => fact.member_id)}::uuid[], ${facts.map((fact) => fact.name)}::text[],
      ${facts.map((fact) => fact.occurred_at)}::timestamptz[],
      ${facts.map((fact) => JSON.stringify(fact.data))}::jsonb[]
    ) as fact (member_id, name, occurred_at, data)`)
}

async function copy(tx: Tx, facts: readonly Fact[]): Promise<void> {
  const actor = actorText(tx.actor)
  await copyBinary(
    tx,
    'copy facts (member_id, name, occurred_at, recorded_at, data, actor)',
    facts,
    (out, { member_id, name, occurred_at, data }) => {
      out.row(6)
      out.uuid(member_id)
      out.text(name)
      out.instant(occurred_at)
      out.instant(tx.now)
      out.jsonb(JSON.stringify(data))
      out.text(actor)
    },
  )
}
