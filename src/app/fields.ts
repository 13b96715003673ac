/** Gathers the fields that conditions may ask about, once, for every process that imports it. */
import { provideFields } from '../base/conditions/gathered.ts'
import { fields as messages } from '../reach/messages/fields.ts'
import { provideOptions } from '../reach/segments/options.ts'
import { fields as members } from '../record/members/fields.ts'
import { fields as orders } from '../record/orders/fields.ts'
import { membersIn } from '../reach/segments/segments.ts'
import { campaignOptions } from '../steer/campaigns/queries.ts'
import { fields as coupons } from '../value/coupons/fields.ts'
import { fields as offers } from '../value/offers/fields.ts'
import { fields as cards } from '../value/cards/fields.ts'
import { fields as gifts } from '../value/gifts/fields.ts'
import { fields as plans } from '../value/plans/fields.ts'
import { dealsOf } from '../value/plans/plans.ts'
import { fields as points } from '../value/points/fields.ts'
import { provideDeals } from '../value/privileges/privileges.ts'
import { provideAudience } from '../value/runs/runs.ts'
import { fields as tiers } from '../value/tiers/fields.ts'

provideFields([members, orders, tiers, points, coupons, plans, cards, gifts, offers, messages])
provideOptions({ campaigns: campaignOptions })
provideAudience(membersIn)
provideDeals(dealsOf)
