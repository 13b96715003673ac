/** May this member? A pure function over the privilege, the tier held, what was given by hand and what was used. */
import type { Grant, May, Period, Privilege } from './types.ts'

/** The period that a day lies in, as counts name it. */
export function periodOf(period: Period | null, day: string): string {
  if (period === 'day') return day
  if (period === 'month') return day.slice(0, 7)
  if (period === 'year') return day.slice(0, 4)
  return 'ever'
}

export interface Standing {
  /** null: no member, so no tier. */
  tier_code: string | null
  /** Plans held now. */
  plan_ids?: readonly string[]
  grants: readonly Grant[]
  /** Uses from the quota in the period of `day`. */
  used: number
  /** YYYY-MM-DD in the program's zone. */
  day: string
}

/**
 * Quota before grants with uses of their own: what comes back by itself is spent first. Of such grants the one that
 * ends first.
 */
export function mayOf({ rule, status }: Pick<Privilege, 'rule' | 'status'>, standing: Standing): May {
  const none = { may: false, left: 0, grant_id: null }
  if (status === 'stopped') return { ...none, why: { code: 'stopped', params: {} } }
  const alive = standing.grants.filter((grant) => grant.expires_on === null || grant.expires_on >= standing.day)
  const own = alive.filter((grant) => grant.uses !== null && grant.used < grant.uses).sort(byEnd)
  const inHand = own.reduce((sum, grant) => sum + grant.uses! - grant.used, 0)
  const isByTier = standing.tier_code !== null && rule.tier_codes.includes(standing.tier_code)
  const isByGrant = alive.some((grant) => grant.uses === null)
  const plans = (rule.plans ?? []).filter(({ plan_id }) => standing.plan_ids?.includes(plan_id))
  if (isByTier || isByGrant || plans.length > 0) {
    const tier = isByTier ? standing.tier_code : null
    const code = isByTier ? 'by_tier' : isByGrant ? 'by_grant' : 'by_plan'
    if (!rule.quota) return { may: true, left: null, grant_id: null, why: { code, params: { tier } } }
    const uses = usesOf(rule.quota.uses, { isOwn: isByTier || isByGrant, plans })
    const { period } = rule.quota
    const left = Math.max(0, uses - standing.used)
    const params = { tier, quota: uses, period, used: standing.used }
    if (left > 0) return { may: true, left: left + inHand, grant_id: null, why: { code, params } }
    if (own.length === 0) return { ...none, why: { code: 'used_up', params } }
  }
  const first = own[0]
  if (first) {
    const params = { uses: first.uses, used: first.used, expires_on: first.expires_on }
    return { may: true, left: inHand, grant_id: first.grant_id, why: { code: 'by_uses', params } }
  }
  const spent = alive.filter((grant) => grant.uses !== null)
  if (spent.length > 0) {
    const quota = spent.reduce((sum, grant) => sum + grant.uses!, 0)
    return { ...none, why: { code: 'used_up', params: { quota, period: 'ever', used: quota } } }
  }
  return { ...none, why: { code: 'not_held', params: { tier: standing.tier_code } } }
}

/** The most that tier, grant or one of the plans held allows in a period. */
function usesOf(quota: number, held: { isOwn: boolean; plans: readonly { uses: number | null }[] }): number {
  return Math.max(held.isOwn ? quota : 0, ...held.plans.map(({ uses }) => uses ?? quota))
}

/** The most that anybody may use it in a period; null: no limit. */
export function mostUses({ quota, plans = [] }: Privilege['rule']): number | null {
  return quota && usesOf(quota.uses, { isOwn: true, plans })
}

function byEnd(a: Grant, b: Grant): number {
  const [endA, endB] = [a.expires_on ?? '9999-12-31', b.expires_on ?? '9999-12-31']
  return endA < endB ? -1 : endA > endB ? 1 : a.grant_id < b.grant_id ? -1 : 1
}
