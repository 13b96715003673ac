/** Every job of the product by name; each module lends its own. */
import { forgetOld } from '../base/idempotency.ts'
import type { Jobs } from '../base/jobs.ts'
import { jobs as joining } from '../reach/joining/jobs.ts'
import { jobsWith as messages } from '../reach/messages/jobs.ts'
import { jobsWith as passes } from '../reach/passes/jobs.ts'
import { jobsWith as portal } from '../reach/portal/jobs.ts'
import { jobs as segments } from '../reach/segments/jobs.ts'
import { jobs as members } from '../record/members/jobs.ts'
import { jobs as orders } from '../record/orders/jobs.ts'
import { jobs as staff } from '../record/staff/jobs.ts'
import { jobsWith as campaigns } from '../steer/campaigns/jobs.ts'
import { jobs as coupons } from '../value/coupons/jobs.ts'
import { jobs as cards } from '../value/cards/jobs.ts'
import { jobs as moments } from '../value/moments/jobs.ts'
import { jobs as offers } from '../value/offers/jobs.ts'
import { jobs as imports } from '../value/imports/jobs.ts'
import { jobs as plans } from '../value/plans/jobs.ts'
import { jobs as protection } from '../value/protection/jobs.ts'
import { jobs as points } from '../value/points/jobs.ts'
import { jobs as tiers } from '../value/tiers/jobs.ts'
import { channels, walletChannels } from './channels.ts'

const house: Jobs = {
  'keys.forget': async (_payload, { db, actor, now }) => {
    await db.tx({ actor, now }, forgetOld)
  },
}

/** All of them. `base_url` is asked when a job needs the address that links in messages start with. */
export function jobsFor(base_url: () => string): Jobs {
  return {
    ...house,
    ...staff,
    ...members,
    ...orders,
    ...tiers,
    ...points,
    ...coupons,
    ...offers,
    ...moments,
    ...plans,
    ...cards,
    ...protection,
    ...imports,
    ...segments,
    ...messages(channels),
    ...joining,
    ...portal(channels),
    ...passes(walletChannels),
    ...campaigns(base_url),
  }
}
