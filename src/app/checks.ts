/** Every check of `regulars verify`, in floors order; each module lends its own. */
import type { VerifyCheck } from '../base/verify.ts'
import { checks as messages } from '../reach/messages/messages.ts'
import { checks as members } from '../record/members/members.ts'
import { checks as orders } from '../record/orders/orders.ts'
import { checks as imports } from '../value/imports/imports.ts'
import { checks as points } from '../value/points/points.ts'
import { checks as tiers } from '../value/tiers/tiers.ts'
import { checks as ended } from './ended.ts'

export const checks: VerifyCheck[] = [...members, ...orders, ...tiers, ...points, ...imports, ...messages, ...ended]
