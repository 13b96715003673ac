/** What a coupon would have cost: last month's baskets of members, judged by the functions that judge at the till. */
import type { Db } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { sql } from '../../base/sql.ts'
import { addDays, addMs, clock, dayOf, startOfDay } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import { faultsOf } from './definitions.ts'
import { costOf, judge, discountOf } from './rules.ts'
import type { CartLine, CouponDesign, CouponPreview, HeldCoupon } from './types.ts'

/** Days looked back on: a month with every weekday as often as a month has it. */
export const preview_days = 30
/** Baskets held in memory at once: some megabytes. */
const baskets_at_once = 2_000
/** Somebody waits in front of a form. */
const preview_ms_max = 10_000

interface Basket {
  member_id: string
  order_id: string
  occurred_at: Date
  ordered_on: string
  store_id: string | null
  shipping_minor: number
  lines: CartLine[]
}

/**
 * Tries a design on the last days' baskets, as if each member had held one coupon of it from the first day on; its own
 * days are left out, for they lie ahead. Reads in batches. Throws `coupon_definition.invalid`, `query.timed_out`,
 * `query.cancelled`.
 */
export async function preview(
  db: Db,
  design: CouponDesign,
  { now, signal }: { now: Date; signal?: AbortSignal },
): Promise<CouponPreview> {
  const errors = faultsOf(design)
  if (errors.length > 0) throw new AppError('coupon_definition.invalid', { places: errors.length }, { errors })
  const { time_zone } = await program.current(db)
  const today = dayOf(now, time_zone)
  const trial = new Trial(design)
  const ends = addMs(clock(), preview_ms_max)
  const until = startOfDay(today, time_zone)
  let after = { occurred_at: startOfDay(addDays(today, -preview_days), time_zone), order_id: first_id }
  for (;;) {
    const timeout_ms = ends.getTime() - clock().getTime()
    if (timeout_ms <= 0) throw new AppError('query.timed_out', { timeout_ms: preview_ms_max }, { status: 503 })
    const baskets = await db.timed<Basket>(batch(after, until), { timeout_ms, ...(signal ? { signal } : {}) })
    for (const basket of baskets) trial.add(basket)
    if (baskets.length < baskets_at_once) return trial.result()
    after = baskets.at(-1)!
  }
}

/** Before every id. */
const first_id = '00000000-0000-0000-0000-000000000000'

/** Purchases of members in the order they were made; what a source added to one later is left out. */
const batch = (after: { occurred_at: Date; order_id: string }, until: Date) => sql`
  select o.member_id, o.order_id, o.occurred_at, o.ordered_on, o.store_id, o.shipping_minor, line.lines
  from (
    select o.* from orders o join members m on m.member_id = o.member_id and m.kind = 'member'
    where o.occurred_at >= ${after.occurred_at}::timestamptz and o.occurred_at < ${until}::timestamptz
      and (o.occurred_at, o.order_id) > (${after.occurred_at}::timestamptz, ${after.order_id}::uuid)
      and o.kind = 'order' and o.counts
    order by o.occurred_at, o.order_id limit ${baskets_at_once}::int
  ) o
  cross join lateral (
    select coalesce(jsonb_agg(jsonb_build_object('line_no', l.line_no, 'product_id', l.product_id, 'sku', l.sku,
      'category', l.category, 'quantity', l.quantity, 'net_minor', greatest(l.net_minor, 0),
      'gross_minor', greatest(l.gross_minor, 0)) order by l.line_no), '[]') as lines
    from order_lines l where l.member_id = o.member_id and l.order_id = o.order_id and l.quantity > 0
  ) line
  order by o.occurred_at, o.order_id`

/** One design on baskets in the order of time; it keeps counts, not baskets. */
export class Trial {
  readonly #design: CouponDesign
  readonly #members = new Map<string, number>()
  readonly #member_days = new Map<string, number>()
  readonly #days = new Map<string, number>()
  readonly #refusals = new Map<string, number>()
  readonly #found = { baskets: 0, qualifying: 0, at_most_minor: 0, uses: 0, discount_minor: 0 }

  constructor(design: CouponDesign) {
    this.#design = design
  }

  /** The next basket. */
  add(basket: Omit<Basket, 'order_id'>): void {
    const { member_id, ordered_on } = basket
    const cart = { ...basket, at: basket.occurred_at }
    const uses = this.#members.get(member_id) ?? 0
    const dayKey = `${member_id} ${ordered_on}`
    const used = {
      coupon: uses,
      member: uses,
      member_day: this.#member_days.get(dayKey) ?? 0,
      day: this.#days.get(ordered_on) ?? 0,
      total: this.#found.uses,
      code: 0,
    }
    this.#found.baskets += 1
    const free = judge(heldOf(this.#design, member_id, nothingUsed), cart, ordered_on)
    if (free.length > 0) return void this.#refuse(free[0]!.code)
    const { discount_minor } = discountOf(this.#design, cart)
    this.#found.qualifying += 1
    this.#found.at_most_minor += discount_minor
    const limited = judge(heldOf(this.#design, member_id, used), cart, ordered_on)
    if (limited.length > 0) return void this.#refuse(limited[0]!.code)
    this.#found.uses += 1
    this.#found.discount_minor += discount_minor
    this.#members.set(member_id, uses + 1)
    this.#member_days.set(dayKey, used.member_day + 1)
    this.#days.set(ordered_on, used.day + 1)
  }

  #refuse(code: string): void {
    this.#refusals.set(code, (this.#refusals.get(code) ?? 0) + 1)
  }

  result(): CouponPreview {
    const each_minor = costOf(this.#design)
    return {
      days: preview_days,
      ...this.#found,
      members: this.#members.size,
      expected_minor: each_minor > 0 ? each_minor * this.#found.uses : this.#found.discount_minor,
      refusals: [...this.#refusals]
        .map(([code, baskets]) => ({ code, baskets }))
        .sort((a, b) => b.baskets - a.baskets || (a.code < b.code ? -1 : 1)),
    }
  }
}

const nothingUsed = { coupon: 0, member: 0, member_day: 0, day: 0, total: 0, code: 0 }

function heldOf(design: CouponDesign, member_id: string, used: HeldCoupon['used']): HeldCoupon {
  return {
    member_id,
    coupon_id: null,
    coupon_definition_id: first_id,
    name: '',
    status: 'active',
    version: 1,
    code: null,
    design,
    limits: design.limits,
    code_uses_max: null,
    uses_max: design.limits.per_coupon,
    ended: null,
    starts_on: null,
    expires_on: null,
    used,
  }
}
