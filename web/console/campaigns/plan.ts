/** A campaign's plan as its form holds it. */
import type { Answer } from '../../kit/call.ts'
import { instantOfWall, wallOf } from '../../kit/wall-clock.ts'

export type Campaign = Answer<'GET /v1/admin/campaigns/:campaign_id'>

export interface PlanValues {
  name: string
  segment_id: string | null
  template_id: string | null
  /** null: the one that is set up for the template's medium. */
  channel: string | null
  /** A share: 0.1 is one in ten. */
  holdout: number | null
  attribution_days: number | null
  fixed_cost_minor: number | null
  timing: 'now' | 'later'
  /** Wall clock of the program. */
  send_at: string | null
  not_after: string | null
}

/** One in ten, and a fortnight: what the server would choose too. */
export const usualHoldout = 0.1
const usualDays = 14

export function newPlan(
  given: { segment_id?: string | undefined; template_id?: string | undefined },
  name: string,
): PlanValues {
  return {
    name,
    segment_id: given.segment_id ?? null,
    template_id: given.template_id ?? null,
    channel: null,
    holdout: usualHoldout,
    attribution_days: usualDays,
    fixed_cost_minor: 0,
    timing: 'now',
    send_at: null,
    not_after: null,
  }
}

export function planOf(campaign: Campaign, zone: string): PlanValues {
  const { name, segment_id, template_id, channel, attribution_days, fixed_cost_minor } = campaign
  return {
    name,
    segment_id,
    template_id,
    channel,
    attribution_days,
    fixed_cost_minor,
    holdout: campaign.holdout_per_mille / 1000,
    timing: campaign.send_at ? 'later' : 'now',
    send_at: campaign.send_at && wallOf(campaign.send_at, zone),
    not_after: campaign.not_after && wallOf(campaign.not_after, zone),
  }
}

/** As the server takes it. */
export function bodyOf(values: PlanValues, zone: string) {
  const at = (wall: string | null) => (values.timing === 'later' && wall ? instantOfWall(wall, zone) : null)
  return {
    name: values.name,
    segment_id: values.segment_id,
    template_id: values.template_id,
    channel: values.channel,
    holdout_per_mille: Math.round((values.holdout ?? 0) * 1000),
    attribution_days: values.attribution_days ?? usualDays,
    fixed_cost_minor: values.fixed_cost_minor ?? 0,
    send_at: at(values.send_at),
    not_after: at(values.not_after),
  }
}
