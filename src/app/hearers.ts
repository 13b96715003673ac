/**
 * Joins hearers to facts; no module imports one. Bound hearers run inside the transaction that writes the fact, in
 * floors order; later hearers read the feed after commit.
 */
import type { BoundHearer } from '../base/facts.ts'
import type { LaterHearer } from '../base/feed.ts'
import { bound as messages } from '../reach/messages/jobs.ts'
import { bound as segments } from '../reach/segments/merging.ts'
import { bound as orders } from '../record/orders/merging.ts'
import { bound as staff } from '../record/staff/jobs.ts'
import { bound as campaigns } from '../steer/campaigns/merging.ts'
import { bound as imports } from '../value/imports/erasing.ts'
import { bound as points } from '../value/points/jobs.ts'

export const bound: BoundHearer[] = [
  ...staff,
  ...orders,
  ...points,
  ...imports,
  ...segments,
  ...messages,
  ...campaigns,
]

export const later: LaterHearer[] = []
