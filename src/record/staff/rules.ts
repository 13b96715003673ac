/** Who may do what. A permission is `noun:verb`; a role is a list of them. */
import type { Role } from './types.ts'

/** Every permission a route may ask for. `write` never includes `read`: both are named. */
export const permissions = [
  'members:read',
  'members:write',
  'members:merge',
  'members:erase',
  'members:export',
  'orders:read',
  'orders:write',
  'products:read',
  'products:write',
  'stores:read',
  'stores:write',
  'points:read',
  'points:write',
  'tiers:read',
  'tiers:write',
  'till:use',
  'till:manage',
  'budgets:read',
  'budgets:write',
  'cards:read',
  'cards:write',
  'gifts:read',
  'gifts:write',
  'gifts:redeem',
  'offers:read',
  'offers:write',
  'privileges:read',
  'privileges:write',
  'plans:read',
  'plans:write',
  'plans:sell',
  'coupons:read',
  'coupons:write',
  'rules:read',
  'rules:write',
  'segments:read',
  'segments:write',
  'campaigns:read',
  'campaigns:write',
  'messages:read',
  'messages:write',
  'imports:read',
  'imports:write',
  'reports:read',
  'program:read',
  'program:write',
  'staff:read',
  'staff:write',
  'keys:read',
  'keys:write',
  'facts:read',
  'audit:read',
] as const
export type Permission = (typeof permissions)[number]

const reads = permissions.filter((word) => word.endsWith(':read'))
/** Who may sign in, with which keys, and who did what: not everybody's business. */
const guarded: readonly Permission[] = ['staff:read', 'keys:read', 'audit:read']
const openReads = reads.filter((word) => !guarded.includes(word))

/** What serving customers takes: orders come by the till's own doors, where days and limits are looked at. */
const serving: readonly Permission[] = [
  'members:read',
  'members:write',
  'orders:read',
  'products:read',
  'stores:read',
  'points:read',
  'till:use',
  'privileges:read',
  'plans:read',
  'plans:sell',
  'tiers:read',
  'coupons:read',
  'cards:read',
  'gifts:read',
  'gifts:redeem',
  'program:read',
]

/** The table of roles. Analysts include finance: they see everything and change only segments of their own. */
export const permissionsByRole: Readonly<Record<Role, readonly Permission[]>> = {
  owner: permissions,
  marketer: [
    ...openReads,
    'members:write',
    'members:merge',
    'members:erase',
    'members:export',
    'orders:write',
    'products:write',
    'stores:write',
    'points:write',
    'tiers:write',
    'budgets:write',
    'cards:write',
    'gifts:write',
    'gifts:redeem',
    'offers:write',
    'privileges:write',
    'plans:write',
    'plans:sell',
    'coupons:write',
    'till:use',
    'till:manage',
    'rules:write',
    'segments:write',
    'campaigns:write',
    'messages:write',
    'imports:write',
  ],
  analyst: [...openReads, 'audit:read', 'segments:write'],
  // a store's manager answers for its clerks
  manager: [...serving, 'reports:read', 'rules:read', 'till:manage'],
  clerk: serving,
  developer: [
    ...openReads,
    'keys:read',
    'keys:write',
    'audit:read',
    'members:write',
    'orders:write',
    'products:write',
    'stores:write',
    'till:use',
    'imports:write',
  ],
}

/** Is this word one of ours? Asked of scopes that come from outside. */
export function isPermission(word: string): word is Permission {
  return (permissions as readonly string[]).includes(word)
}

/** Wrong passwords for one e-mail before it is locked: a person who forgot tries three or four. */
export const failures_per_email_max = 5
/** … and from one address: a shop's staff share one. */
export const failures_per_ip_max = 30
/**
 * How long a failure counts, and so how long a lock lasts: 5 tries in 15 minutes are 480 guesses a day, too few to find
 * a password of ten letters.
 */
export const lock_minutes = 15
/** Sessions have a fixed end, so that reading one writes nothing; a month is what people bear between passwords. */
export const session_days = 30
/** A link sent to a person: long enough to open the mail, short enough to lie in an inbox. */
export const link_minutes = 15
/** The link printed by `npm start`: seen only on the terminal of the machine itself. */
export const first_link_hours = 24
/** How many things last opened a person sees again. */
export const seen_max = 10
