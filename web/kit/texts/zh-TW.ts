/** One file a noun; each must have exactly the keys of its English file. */
import kit from './zh-TW/kit.ts'
import shell from './zh-TW/shell.ts'
import errors from './zh-TW/errors.ts'
import today from './zh-TW/today.ts'
import joining from './zh-TW/joining.ts'
import members from './zh-TW/members.ts'
import companies from './zh-TW/companies.ts'
import segments from './zh-TW/segments.ts'
import campaigns from './zh-TW/campaigns.ts'
import counter from './zh-TW/counter.ts'
import messages from './zh-TW/messages.ts'
import tiers from './zh-TW/tiers.ts'
import till from './zh-TW/till.ts'
import points from './zh-TW/points.ts'
import coupons from './zh-TW/coupons.ts'
import moments from './zh-TW/moments.ts'
import offers from './zh-TW/offers.ts'
import prices from './zh-TW/prices.ts'
import protection from './zh-TW/protection.ts'
import rules from './zh-TW/rules.ts'
import portal from './zh-TW/portal.ts'
import privileges from './zh-TW/privileges.ts'
import plans from './zh-TW/plans.ts'
import brand from './zh-TW/brand.ts'
import program from './zh-TW/program.ts'
import stores from './zh-TW/stores.ts'
import orders from './zh-TW/orders.ts'
import products from './zh-TW/products.ts'
import staff from './zh-TW/staff.ts'
import reports from './zh-TW/reports.ts'
import keys from './zh-TW/keys.ts'
import audit from './zh-TW/audit.ts'
import whys from './zh-TW/whys.ts'
import budgets from './zh-TW/budgets.ts'
import cards from './zh-TW/cards.ts'
import gifts from './zh-TW/gifts.ts'
import imports from './zh-TW/imports.ts'

export const texts = {
  kit,
  shell,
  errors,
  today,
  joining,
  members,
  companies,
  segments,
  campaigns,
  messages,
  tiers,
  till,
  points,
  counter,
  coupons,
  moments,
  offers,
  prices,
  protection,
  rules,
  portal,
  privileges,
  plans,
  brand,
  program,
  stores,
  orders,
  products,
  staff,
  reports,
  budgets,
  cards,
  gifts,
  imports,
  keys,
  audit,
  whys,
}
