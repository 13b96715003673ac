/// <reference path="../steer/campaigns/jstat.d.ts" />
/** Every route of the product, joined, in floors order: the server walks `tables`, the typed client reads `Api`. */
// what base/http.ts adds to requests: a program that has only the client's types checks the routes as well
import type {} from '@fastify/cookie'
import type {} from '@fastify/multipart'
import type { Calls } from '../base/routes.ts'
import { routes as counter } from '../reach/counter/routes.ts'
import { routes as joining } from '../reach/joining/routes.ts'
import { routes as messages } from '../reach/messages/routes.ts'
import { routes as passes } from '../reach/passes/routes.ts'
import { routes as portal } from '../reach/portal/routes.ts'
import { routes as accounts } from '../reach/portal/accounts/routes.ts'
import { routes as pictures } from '../reach/portal/pictures/routes.ts'
import { routes as portalPool } from '../reach/portal/pool/routes.ts'
import { routes as segments } from '../reach/segments/routes.ts'
import { routes as members } from '../record/members/routes.ts'
import { routes as orders } from '../record/orders/routes.ts'
import { routes as products } from '../record/products/routes.ts'
import { routes as program } from '../record/program/routes.ts'
import { routes as staff } from '../record/staff/routes.ts'
import { routes as stores } from '../record/stores/routes.ts'
import { routes as campaigns } from '../steer/campaigns/routes.ts'
import { routes as people } from '../steer/people/routes.ts'
import { routes as reports } from '../steer/reports/routes.ts'
import { routes as budgets } from '../value/budgets/routes.ts'
import { routes as cards } from '../value/cards/routes.ts'
import { routes as coupons } from '../value/coupons/routes.ts'
import { routes as gifts } from '../value/gifts/routes.ts'
import { routes as imports } from '../value/imports/routes.ts'
import { routes as moments } from '../value/moments/routes.ts'
import { routes as offers } from '../value/offers/routes.ts'
import { routes as plans } from '../value/plans/routes.ts'
import { routes as points } from '../value/points/routes.ts'
import { routes as privileges } from '../value/privileges/routes.ts'
import { routes as protection } from '../value/protection/routes.ts'
import { routes as runs } from '../value/runs/routes.ts'
import { routes as tiers } from '../value/tiers/routes.ts'
import { routes as session } from './session.ts'
import { routes as system } from './system.ts'
import './fields.ts'

export const tables = [
  system,
  session,
  staff,
  program,
  stores,
  products,
  members,
  orders,
  budgets,
  tiers,
  points,
  coupons,
  runs,
  cards,
  gifts,
  protection,
  privileges,
  plans,
  offers,
  moments,
  imports,
  segments,
  messages,
  joining,
  counter,
  portal,
  passes,
  accounts,
  pictures,
  portalPool,
  campaigns,
  people,
  reports,
]

/** What each route takes and answers: `Api['GET /v1/admin/session']['answer']`. */
export interface Api
  extends
    Calls<typeof system>,
    Calls<typeof session>,
    Calls<typeof staff>,
    Calls<typeof program>,
    Calls<typeof stores>,
    Calls<typeof products>,
    Calls<typeof members>,
    Calls<typeof orders>,
    Calls<typeof budgets>,
    Calls<typeof tiers>,
    Calls<typeof points>,
    Calls<typeof coupons>,
    Calls<typeof runs>,
    Calls<typeof cards>,
    Calls<typeof gifts>,
    Calls<typeof protection>,
    Calls<typeof privileges>,
    Calls<typeof plans>,
    Calls<typeof offers>,
    Calls<typeof moments>,
    Calls<typeof imports>,
    Calls<typeof segments>,
    Calls<typeof messages>,
    Calls<typeof joining>,
    Calls<typeof counter>,
    Calls<typeof portal>,
    Calls<typeof passes>,
    Calls<typeof accounts>,
    Calls<typeof pictures>,
    Calls<typeof portalPool>,
    Calls<typeof campaigns>,
    Calls<typeof people>,
    Calls<typeof reports> {}
