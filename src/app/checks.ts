/** Every check of `regulars verify`, in floors order; each module lends its own. */
import type { VerifyCheck } from '../base/verify.ts'
import { checks as counter } from '../reach/counter/counter.ts'
import { checks as joining } from '../reach/joining/joining.ts'
import { checks as messages } from '../reach/messages/messages.ts'
import { checks as passes } from '../reach/passes/passes.ts'
import { checks as portal } from '../reach/portal/portal.ts'
import { checks as members } from '../record/members/members.ts'
import { checks as orders } from '../record/orders/orders.ts'
import { checks as budgets } from '../value/budgets/budgets.ts'
import { checks as coupons } from '../value/coupons/coupons.ts'
import { checks as cards } from '../value/cards/cards.ts'
import { checks as gifts } from '../value/gifts/gifts.ts'
import { checks as imports } from '../value/imports/imports.ts'
import { checks as privileges } from '../value/privileges/privileges.ts'
import { checks as moments } from '../value/moments/moments.ts'
import { checks as offers } from '../value/offers/offers.ts'
import { checks as plans } from '../value/plans/plans.ts'
import { checks as points } from '../value/points/points.ts'
import { checks as protection } from '../value/protection/protection.ts'
import { checks as tiers } from '../value/tiers/tiers.ts'
import { checks as ended } from './ended.ts'

export const checks: VerifyCheck[] = [
  ...members,
  ...orders,
  ...budgets,
  ...tiers,
  ...points,
  ...coupons,
  ...cards,
  ...gifts,
  ...protection,
  ...privileges,
  ...plans,
  ...offers,
  ...moments,
  ...imports,
  ...messages,
  ...joining,
  ...counter,
  ...portal,
  ...passes,
  ...ended,
]
