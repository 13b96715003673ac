/** Every check of `regulars verify`, in floors order; each module lends its own. */
import type { VerifyCheck } from '../base/verify.ts'
import { checks as messages } from '../reach/messages/messages.ts'
import { checks as orders } from '../record/orders/orders.ts'
import { checks as points } from '../value/points/points.ts'
import { checks as tiers } from '../value/tiers/tiers.ts'

export const checks: VerifyCheck[] = [...orders, ...tiers, ...points, ...messages]
