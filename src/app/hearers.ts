/**
 * Joins hearers to facts; no module imports one. Bound hearers run inside the transaction that writes the fact, in
 * floors order; later hearers read the feed after commit.
 */
import type { BoundHearer } from '../base/facts.ts'
import type { LaterHearer } from '../base/feed.ts'
import { bound as counter, later as counterLater } from '../reach/counter/jobs.ts'
import { bound as joining } from '../reach/joining/jobs.ts'
import { bound as messages } from '../reach/messages/jobs.ts'
import { bound as passes, later as passesLater } from '../reach/passes/jobs.ts'
import { bound as portal } from '../reach/portal/jobs.ts'
import { bound as segments } from '../reach/segments/merging.ts'
import { bound as orders } from '../record/orders/merging.ts'
import { bound as staff } from '../record/staff/jobs.ts'
import { bound as campaigns } from '../steer/campaigns/merging.ts'
import { bound as budgets } from '../value/budgets/jobs.ts'
import { bound as coupons } from '../value/coupons/jobs.ts'
import { bound as cards } from '../value/cards/jobs.ts'
import { bound as gifts } from '../value/gifts/jobs.ts'
import { bound as imports } from '../value/imports/erasing.ts'
import { bound as privileges } from '../value/privileges/jobs.ts'
import { bound as moments } from '../value/moments/jobs.ts'
import { bound as offers } from '../value/offers/jobs.ts'
import { bound as plans } from '../value/plans/jobs.ts'
import { bound as points } from '../value/points/jobs.ts'
import { bound as protection } from '../value/protection/jobs.ts'
import { bound as runs } from '../value/runs/jobs.ts'
import { bound as tiers } from '../value/tiers/jobs.ts'

export const bound: BoundHearer[] = [
  ...staff,
  ...orders,
  ...runs,
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
  ...segments,
  ...messages,
  ...joining,
  ...counter,
  ...portal,
  ...passes,
  ...campaigns,
]

export const later: LaterHearer[] = [...counterLater, ...passesLater]
