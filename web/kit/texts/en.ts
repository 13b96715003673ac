/** English texts, one file a noun. A new noun is one line in each of the three languages. */
import kit from './en/kit.ts'
import shell from './en/shell.ts'
import errors from './en/errors.ts'
import today from './en/today.ts'
import joining from './en/joining.ts'
import members from './en/members.ts'
import companies from './en/companies.ts'
import segments from './en/segments.ts'
import campaigns from './en/campaigns.ts'
import counter from './en/counter.ts'
import messages from './en/messages.ts'
import tiers from './en/tiers.ts'
import till from './en/till.ts'
import points from './en/points.ts'
import coupons from './en/coupons.ts'
import moments from './en/moments.ts'
import offers from './en/offers.ts'
import prices from './en/prices.ts'
import protection from './en/protection.ts'
import rules from './en/rules.ts'
import portal from './en/portal.ts'
import privileges from './en/privileges.ts'
import plans from './en/plans.ts'
import brand from './en/brand.ts'
import program from './en/program.ts'
import stores from './en/stores.ts'
import orders from './en/orders.ts'
import products from './en/products.ts'
import staff from './en/staff.ts'
import reports from './en/reports.ts'
import keys from './en/keys.ts'
import audit from './en/audit.ts'
import whys from './en/whys.ts'
import budgets from './en/budgets.ts'
import cards from './en/cards.ts'
import gifts from './en/gifts.ts'
import imports from './en/imports.ts'

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

export type Texts = typeof texts
