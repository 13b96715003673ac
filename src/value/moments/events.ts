/**
 * Moments that follow what members do, inside the transaction that tells of it: joining, purchases, upgrades, waking;
 * and days of the calendar whose window is open when somebody joins or tells their day. One reading of the moments, one
 * of each kind of history that they ask for, one handing out.
 */
import { compileCondition, matchesOf } from '../../base/conditions/compile.ts'
import { allFields } from '../../base/conditions/gathered.ts'
import type { Tx } from '../../base/db.ts'
import type { Fact } from '../../base/facts.ts'
import { Kept } from '../../base/kept.ts'
import { sql } from '../../base/sql.ts'
import { addMs, dayOf } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import { dueSql, type Due } from './due.ts'
import { handOut, type Candidate, type Standing } from './giving.ts'
import { daysDue, isOfCalendar, isPurchaseOf, isWaking, occurrenceOf, whyOf } from './rules.ts'
import type { Moment, MomentKind, When } from './types.ts'

type Active = Standing & Pick<Moment, 'active_since'>
type OfKind<K extends MomentKind> = Extract<When, { kind: K }>
const hour_ms = 3_600_000
/** What of a profile makes a day come round. */
const dayFields = ['birth_date', 'days']

/** Facts heard here. */
export const heard = ['member.joined', 'member.updated', 'order.paid', 'tier.reached']

/**
 * Gives what these facts bring about. Facts of long ago, as an import tells them, start nothing; but a day whose window
 * is open now is of now, whoever tells of it.
 */
export async function follow(tx: Tx, told: readonly Fact[], moments: readonly Active[]): Promise<void> {
  if (moments.length === 0) return
  const { settings, time_zone } = await program.current(tx)
  const since = addMs(tx.now, -settings.fact_hours_max * hour_ms)
  const fresh = told.filter((fact) => fact.occurred_at >= since)
  const orders = await ordersOf(tx, moments, fresh)
  const found = moments.flatMap((moment) => candidatesOf(moment, fresh, orders, time_zone))
  const meant = await onlyMeant(tx, found, time_zone)
  await handOut(tx, [...meant, ...(await openDays(tx, moments, told, time_zone))])
}

const active = new Kept<Active[]>()

/** The moments that are given now. */
export function activeMoments(tx: Tx): Promise<Active[]> {
  return active.current(tx, ['moments', 'moment_versions'], () =>
    tx.rows<Active>(sql`
      select m.moment_id, m.names, m.version, m.active_since, v.rule
      from moments m join moment_versions v on v.moment_id = m.moment_id and v.version = m.version
      where m.status = 'active' order by m.moment_id`),
  )
}

const ofKind = <K extends MomentKind>(when: When, kind: K): when is OfKind<K> => when.kind === kind

/** A purchase that was just told of. */
interface Purchase {
  member_id: string
  order_id: string
  occurred_at: Date
  ordered_on: string
  store_id: string | null
  /** How many purchases the member has made, all told ones among them. */
  order_count: number
  /** The day of the purchase before, of those that are asked for waking. */
  before_on: string | null
  /** Which purchase of the member this is. */
  nth: number
}

/** The purchases among the facts, numbered: as many as count, the last told one last. */
async function ordersOf(tx: Tx, moments: readonly Active[], told: readonly Fact[]): Promise<Purchase[]> {
  const paid = told.filter(
    ({ name, data }) => name === 'order.paid' && data['member_kind'] === 'member' && !data['adds_to'],
  )
  const wakes = moments.some(({ rule }) => rule.when.kind === 'waking')
  const counts = moments.some(({ rule }) => rule.when.kind === 'purchase')
  if (paid.length === 0 || (!wakes && !counts)) return []
  const rows = await tx.rows<Omit<Purchase, 'nth'>>(sql`
    select o.member_id, o.order_id, o.occurred_at, o.ordered_on, o.store_id, s.order_count, prior.before_on
    from unnest(${paid.map((fact) => fact.member_id)}::uuid[],
      ${paid.map(({ data }) => String(data['order_id']))}::uuid[]) as told (member_id, order_id)
    join orders o on o.member_id = told.member_id and o.order_id = told.order_id and o.kind = 'order' and o.counts
    join member_statistics s on s.member_id = o.member_id
    left join lateral (
      select max(p.ordered_on) as before_on from orders p
      where ${wakes}::boolean and p.member_id = o.member_id and p.kind = 'order' and p.counts
        and (p.occurred_at, p.order_id) < (o.occurred_at, o.order_id)
    ) prior on true
    order by o.member_id, o.occurred_at, o.order_id`)
  const told_of = new Map<string, number>()
  for (const row of rows) told_of.set(row.member_id, (told_of.get(row.member_id) ?? 0) + 1)
  const left = new Map(told_of)
  return rows.map((row) => {
    const behind = left.get(row.member_id)! - 1
    left.set(row.member_id, behind)
    return { ...row, nth: row.order_count - behind }
  })
}

function candidatesOf(moment: Active, told: readonly Fact[], orders: readonly Purchase[], zone: string): Candidate[] {
  const { rule, active_since, version } = moment
  const { when } = rule
  const isSince = ({ occurred_at }: { occurred_at: Date }) => occurred_at >= active_since
  if (ofKind(when, 'joining')) {
    return told
      .filter((fact) => fact.name === 'member.joined' && isSince(fact))
      .map(({ member_id, occurred_at, data }) => {
        const day = dayOf(occurred_at, zone)
        const store_id = (data['store_id'] as string | null | undefined) ?? null
        const why = () => ({ code: 'joined', params: { day }, version })
        return { moment, member_id, occurrence: 'joined', day, order_id: null, store_id, why }
      })
  }
  if (ofKind(when, 'upgrade')) return upgrades(moment, when, told.filter(isSince), zone)
  const purchases = orders.filter(isSince)
  if (ofKind(when, 'purchase')) {
    return purchases
      .filter(({ nth }) => isPurchaseOf(when, nth))
      .map((order) => {
        const code = order.nth === 1 ? 'first_purchase' : 'purchase_number'
        const why = () => ({ code, params: { day: order.ordered_on, number: order.nth }, version })
        return { ...ofOrder(moment, order), occurrence: String(order.nth), why }
      })
  }
  if (!ofKind(when, 'waking')) return []
  return purchases
    .filter((order) => isWaking(when, order.before_on, order.ordered_on))
    .map((order) => {
      const why = () => ({ code: 'woke', params: { day: order.ordered_on, since: order.before_on! }, version })
      // however many orders end one sleep, it is one sleep
      return { ...ofOrder(moment, order), occurrence: `since ${order.before_on}`, why }
    })
}

const ofOrder = (moment: Active, { member_id, ordered_on: day, order_id, store_id }: Purchase) => ({
  moment,
  member_id,
  day,
  order_id,
  store_id,
})

/** Once a year for each tier; the order that lifted somebody takes the gift along when it goes back. */
function upgrades(moment: Active, when: OfKind<'upgrade'>, told: readonly Fact[], zone: string): Candidate[] {
  const last = new Map<string, Fact>()
  for (const fact of told) if (fact.name === 'order.paid') last.set(fact.member_id, fact)
  return told
    .filter(({ name, data }) => name === 'tier.reached' && when.tiers.includes(String(data['to'])))
    .map(({ member_id, occurred_at, data }) => {
      const day = dayOf(occurred_at, zone)
      const tier = String(data['to'])
      const order = last.get(member_id)?.data
      const why = () => ({ code: 'upgraded', params: { day, tier }, version: moment.version })
      return {
        moment,
        member_id,
        occurrence: `${tier} ${day.slice(0, 4)}`,
        day,
        order_id: (order?.['order_id'] as string | undefined) ?? null,
        store_id: (order?.['store_id'] as string | null | undefined) ?? null,
        why,
      }
    })
}

/** Those whom their moments mean: all conditions asked of all members in one statement. */
async function onlyMeant(tx: Tx, found: readonly Candidate[], zone: string): Promise<Candidate[]> {
  const asked = [...new Set(found.map(({ moment }) => moment))].flatMap((moment) =>
    moment.rule.whom ? [{ moment, whom: moment.rule.whom }] : [],
  )
  if (asked.length === 0) return [...found]
  const fields = allFields()
  const population = { from: sql`members m`, key: 'm.member_id' }
  const compiled = asked.map(({ whom }) =>
    compileCondition(whom, { fields, population, now: tx.now, zone, reading: 'now' }),
  )
  const ids = [...new Set(found.map((one) => one.member_id))]
  const rows = await tx.rows<{ condition: number; member_id: string }>(matchesOf(compiled, ids))
  const holds = new Set(rows.map((row) => `${asked[row.condition]!.moment.moment_id} ${row.member_id}`))
  return found.filter(({ moment, member_id }) => !moment.rule.whom || holds.has(`${moment.moment_id} ${member_id}`))
}

/** Days of the calendar that are open for who has just joined or come in, or just told their birthday. */
async function openDays(
  tx: Tx,
  moments: readonly Active[],
  told: readonly Fact[],
  zone: string,
): Promise<Candidate[]> {
  const ids = [...new Set(told.filter(isAboutDays).map((fact) => fact.member_id))]
  if (ids.length === 0) return []
  const today = dayOf(tx.now, zone)
  const asked = moments.flatMap((moment) => {
    const days = isOfCalendar(moment.rule.when) ? daysDue(moment.rule, today, null) : []
    return days.length > 0 ? [{ moment, days }] : []
  })
  // sent together: as many statements as there are such moments, whatever the members
  const answers = await Promise.all(
    asked.map(({ moment, days }) =>
      tx.rows<Due>(dueSql({ rule: moment.rule, days, zone, now: tx.now, ids }, sql`m.member_id, key.day`)),
    ),
  )
  return asked.flatMap(({ moment }, i) => dueCandidates(moment, answers[i]!))
}

function isAboutDays({ name, data }: Fact): boolean {
  if (name === 'member.joined') return true
  const fields = data['fields']
  return (
    name === 'member.updated' && Array.isArray(fields) && fields.some((field) => dayFields.includes(String(field)))
  )
}

/** Who is due, as handing out takes it. */
export function dueCandidates(moment: Standing, due: readonly Due[]): Candidate[] {
  const { rule, version } = moment
  return due.map(({ member_id, day }) => ({
    moment,
    member_id,
    occurrence: occurrenceOf(rule.when, day),
    day,
    order_id: null,
    store_id: null,
    why: (joined_on) => whyOf(rule.when, day, version, joined_on),
  }))
}
