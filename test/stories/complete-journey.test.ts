/**
 * A grocer's real campaigns (dunnhumby, The Complete Journey): every redemption that happened is accepted, and refused
 * when it is moved outside its window, its household or its products. The data is not part of this repository: the
 * test runs where REGULARS_DATA_DIR names a folder that holds `completejourney/`.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sql } from '../../src/base/sql.ts'
import { addDays, addMs } from '../../src/base/time.ts'
import { verify } from '../../src/base/verify.ts'
import * as members from '../../src/record/members/members.ts'
import * as products from '../../src/record/products/products.ts'
import * as coupons from '../../src/value/coupons/coupons.ts'
import { judge } from '../../src/value/coupons/rules.ts'
import type { Cart, CouponDesign, CouponHold, HeldCoupon } from '../../src/value/coupons/types.ts'
import { size } from '../database.ts'
import { openWorld, type World } from '../world.ts'

const folder = join(process.env['REGULARS_DATA_DIR'] ?? '/nowhere', 'completejourney')
const isThere = existsSync(folder)

function read<T>(name: string): T[] {
  const text = gunzipSync(readFileSync(join(folder, `${name}.csv.gz`))).toString('utf8')
  return parse(text, { columns: true })
}
interface Redemption {
  household_id: string
  coupon_upc: string
  campaign_id: string
  redemption_date: string
}

const noon = (day: string) => new Date(`${day}T12:00:00+08:00`)
const nameOf = (one: { coupon_upc: string; campaign_id: string }) => `${one.coupon_upc} ${one.campaign_id}`

let world: World
let redemptions: Redemption[]
let campaigns: { campaign_id: string; household_id: string }[]
const windows = new Map<string, { start_date: string; end_date: string }>()
/** Product ids of each coupon of each campaign, and its definition. */
const scopes = new Map<string, string[]>()
const definitions = new Map<string, string>()
const households = new Map<string, string>()
let foreign: string

beforeAll(async () => {
  if (!isThere) return
  world = await openWorld({ empty: true, now: noon('2018-03-01') })
  redemptions = read<Redemption>('coupon_redemptions')
  campaigns = read('campaigns')
  for (const one of read<{ campaign_id: string; start_date: string; end_date: string }>('campaign_descriptions'))
    windows.set(one.campaign_id, one)
  const rows = read<{ coupon_upc: string; product_id: string; campaign_id: string }>('coupons')
  expect(rows).toHaveLength(116_204)
  await loadCoupons(rows)
  await loadHouseholds()
  await issueAll()
}, 300_000)
afterAll(() => world?.close())

async function loadCoupons(rows: { coupon_upc: string; product_id: string; campaign_id: string }[]): Promise<void> {
  const known = await world.tx((tx) =>
    products.resolve(
      tx,
      [...new Set(rows.map((row) => row.product_id)), 'none'].map((sku) => ({ sku })),
    ),
  )
  foreign = known.get('none')!.product_id
  for (const row of rows) {
    const scope = scopes.get(nameOf(row))
    const product_id = known.get(row.product_id)!.product_id
    if (scope) scope.push(product_id)
    else scopes.set(nameOf(row), [product_id])
  }
  const names = [...scopes.keys()]
  const made = await world.tx((tx) =>
    coupons.define(
      tx,
      names.map((name) => ({ name, design: designOf(name) })),
    ),
  )
  made.forEach((one) => definitions.set(one.name, one.coupon_definition_id))
}

function designOf(name: string): CouponDesign {
  const { start_date, end_date } = windows.get(name.split(' ')[1]!)!
  return {
    // the data does not say what a coupon took off
    benefit: { kind: 'percent', percent_bp: 1_000 },
    scope: { product_ids: scopes.get(name)! },
    minimum_minor: 0,
    window: { starts_on: start_date, ends_on: end_date },
    stacking: { group: 'main', is_exclusive: false },
    limits: { per_coupon: 10 },
    codes: 'none',
    gives_back: true,
  }
}

async function loadHouseholds(): Promise<void> {
  const ids = [...new Set(campaigns.map((row) => row.household_id))]
  expect(ids).toHaveLength(1_559)
  const outcomes = await world.tx((tx) =>
    members.upsert(
      tx,
      ids.map((id) => ({ external_id: id, display_name: `Household ${id}` })),
      { source: 'dunnhumby' },
    ),
  )
  ids.forEach((id, index) => households.set(id, outcomes[index]!.member_id!))
}

/** Every household of a campaign is given its coupons; in the small size those that anybody used. */
async function issueAll(): Promise<void> {
  const used = new Set(redemptions.map(nameOf))
  const targets = new Map<string, string[]>()
  for (const { campaign_id, household_id } of campaigns)
    targets.set(campaign_id, [...(targets.get(campaign_id) ?? []), households.get(household_id)!])
  for (const [name, coupon_definition_id] of definitions) {
    if (size === 'small' && !used.has(name)) continue
    const whom = targets.get(name.split(' ')[1]!) ?? []
    const wishes = whom.map((member_id) => ({ member_id, coupon_definition_id, source: 'campaign', source_id: name }))
    const outcomes = await world.tx((tx) => coupons.issue(tx, wishes))
    expect(outcomes.every((one) => one.outcome === 'issued')).toBe(true)
  }
}

const cartOf = (product_id: string): Cart => ({
  at: world.now(),
  store_id: null,
  shipping_minor: 0,
  lines: [{ line_no: 1, product_id, sku: null, category: null, quantity: 1, net_minor: 1_000, gross_minor: 1_000 }],
})

/** The coupon by which each redemption happened, as it stands after the last campaign. */
async function couponsOf(): Promise<Map<string, string>> {
  const rows = await world.db.rows<{ member_id: string; coupon_id: string; name: string }>(sql`
    select member_id, coupon_id, source_id as name from coupons where source = 'campaign'`)
  return new Map(rows.map((row) => [`${row.member_id} ${row.name}`, row.coupon_id]))
}

// skipped without the data set: it is public, 116,204 rows large and not ours to keep here
describe.skipIf(!isThere)('the complete journey', () => {
  test('every redemption is accepted, and refused outside its window or with a foreign product', async () => {
    const design = new Map([...scopes.keys()].map((name) => [name, designOf(name)]))
    const found = { accepted: 0, early: 0, late: 0, foreign: 0 }
    for (const one of redemptions) {
      const name = nameOf(one)
      const { window } = design.get(name)!
      const coupon: HeldCoupon = {
        member_id: households.get(one.household_id)!,
        coupon_id: null,
        coupon_definition_id: definitions.get(name)!,
        name,
        status: 'active',
        version: 1,
        code: null,
        design: design.get(name)!,
        limits: design.get(name)!.limits,
        code_uses_max: null,
        uses_max: 10,
        ended: null,
        starts_on: window.starts_on!,
        expires_on: window.ends_on!,
        used: { coupon: 0, member: 0, member_day: 0, day: 0, total: 0, code: 0 },
      }
      const codesOf = (product_id: string, day: string) =>
        judge(coupon, cartOf(product_id), day)
          .map(({ code }) => code)
          .join()
      const own = scopes.get(name)![0]!
      if (codesOf(own, one.redemption_date) === '') found.accepted += 1
      if (codesOf(own, addDays(window.starts_on!, -1)) === 'coupon.not_yet') found.early += 1
      if (codesOf(own, addDays(window.ends_on!, 1)) === 'coupon.expired') found.late += 1
      if (codesOf(foreign, one.redemption_date) === 'coupon.no_product') found.foreign += 1
    }
    expect(found).toEqual({ accepted: 2_102, early: 2_102, late: 2_102, foreign: 2_102 })
  })

  test('all are held and redeemed at their time; no household uses another one’s coupon', async () => {
    const ids = await couponsOf()
    const holds = redemptions.map((one, index): CouponHold => {
      const member_id = households.get(one.household_id)!
      return {
        member_id,
        coupon_id: ids.get(`${member_id} ${nameOf(one)}`)!,
        source: 'journey',
        source_id: String(index),
        expires_at: addMs(world.now(), 60_000),
        discount_minor: 100,
        at: noon(one.redemption_date),
      }
    })
    const stranger = [...households.values()]
    const moved = holds.map((one, index) => ({
      ...one,
      source: 'moved',
      member_id: stranger.find((id) => id !== one.member_id && !ids.has(`${id} ${nameOf(redemptions[index]!)}`))!,
    }))
    const late = holds.map((one, index) => ({
      ...one,
      source: 'late',
      at: noon(addDays(windows.get(redemptions[index]!.campaign_id)!.end_date, 1)),
    }))
    const outcomesOf = async (wishes: CouponHold[]) => {
      const outcomes = await world.tx((tx) => coupons.hold(tx, wishes))
      return [...new Set(outcomes.map((one) => one.refusal?.code ?? one.outcome))]
    }
    expect([await outcomesOf(moved), await outcomesOf(late), await outcomesOf(holds)]).toEqual([
      ['coupon.not_found'],
      ['coupon.expired'],
      ['held'],
    ])
    const redeemed = await world.tx((tx) =>
      coupons.redeem(
        tx,
        holds.map((one) => ({ ...one, occurred_at: one.at! })),
      ),
    )
    expect(redeemed.every((one) => one.outcome === 'redeemed')).toBe(true)
    expect((await verify(world.db, coupons.checks)).ok).toBe(true)
  }, 120_000)

  test('the published figures come out', async () => {
    const figures = await world.db.row(sql`
      with used as (
        select split_part(d.name, ' ', 1) as upc, count(*) as uses
        from coupon_uses u join coupon_definitions d on d.coupon_definition_id = u.coupon_definition_id
        where u.state = 'redeemed' group by 1
      )
      select count(*) as coupons, round(avg(uses), 2)::float as mean, max(uses) as most,
        percentile_cont(0.5) within group (order by uses) as median,
        (select upc from used order by uses desc limit 1) as upc,
        (select count(distinct split_part(name, ' ', 1)) from coupon_definitions) as defined
      from used`)
    expect(figures).toEqual({ coupons: 491, mean: 4.28, most: 63, median: 2, upc: '10000085475', defined: 981 })
    const per_100 = await world.db.rows(sql`
      select split_part(d.name, ' ', 2) as campaign,
        round(100.0 * count(u.use_id) / count(distinct d.coupon_definition_id), 2)::float as uses
      from coupon_definitions d left join coupon_uses u on u.coupon_definition_id = d.coupon_definition_id
        and u.state = 'redeemed'
      group by 1 order by 2 desc limit 3`)
    expect(per_100).toEqual([
      { campaign: '16', uses: 330.77 },
      { campaign: '18', uses: 312.44 },
      { campaign: '13', uses: 303.86 },
    ])
  })
})
