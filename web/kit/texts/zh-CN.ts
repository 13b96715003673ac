/** One file a noun; each must have exactly the keys of its English file. */
import kit from './zh-CN/kit.ts'
import shell from './zh-CN/shell.ts'
import errors from './zh-CN/errors.ts'
import today from './zh-CN/today.ts'
import joining from './zh-CN/joining.ts'
import members from './zh-CN/members.ts'
import companies from './zh-CN/companies.ts'
import segments from './zh-CN/segments.ts'
import campaigns from './zh-CN/campaigns.ts'
import counter from './zh-CN/counter.ts'
import messages from './zh-CN/messages.ts'
import tiers from './zh-CN/tiers.ts'
import till from './zh-CN/till.ts'
import points from './zh-CN/points.ts'
import coupons from './zh-CN/coupons.ts'
import moments from './zh-CN/moments.ts'
import offers from './zh-CN/offers.ts'
import prices from './zh-CN/prices.ts'
import protection from './zh-CN/protection.ts'
import rules from './zh-CN/rules.ts'
import portal from './zh-CN/portal.ts'
import privileges from './zh-CN/privileges.ts'
import plans from './zh-CN/plans.ts'
import brand from './zh-CN/brand.ts'
import program from './zh-CN/program.ts'
import stores from './zh-CN/stores.ts'
import orders from './zh-CN/orders.ts'
import products from './zh-CN/products.ts'
import staff from './zh-CN/staff.ts'
import reports from './zh-CN/reports.ts'
import keys from './zh-CN/keys.ts'
import audit from './zh-CN/audit.ts'
import whys from './zh-CN/whys.ts'
import budgets from './zh-CN/budgets.ts'
import cards from './zh-CN/cards.ts'
import gifts from './zh-CN/gifts.ts'
import imports from './zh-CN/imports.ts'

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
