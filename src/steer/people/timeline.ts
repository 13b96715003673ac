/** What happened to one member, from every module, merged by time: one statement that reads one member's rows only. */
import type { Reader } from '../../base/db.ts'
import { join, sql, type Sql } from '../../base/sql.ts'
import type { TimelineKind, TimelineRow } from './types.ts'

/** Lines of an order shown on the timeline; the order's own page has all. */
const lines_max = 5

/** Each part: rows of one member as (at, key, data). Keys are padded so that they sort as their numbers do. */
const parts: Readonly<Record<TimelineKind, (member_id: string) => Sql>> = {
  joined: (member_id) => sql`
    select members.joined_at as at, 'joined' as key,
      jsonb_build_object('channel', members.join_channel, 'store_name', store.name, 'referred_by', friend.member_id,
        'referrer_name', friend.display_name) as data
    from members left join stores store on store.store_id = members.join_store_id
    left join members brought on brought.member_id = members.referred_by
    left join members friend on friend.member_id = coalesce(brought.merged_into, brought.member_id)
      and friend.erased_at is null
    where members.member_id = ${member_id}::uuid and members.joined_at is not null`,
  order: (member_id) => sql`
    select occurred_at as at, 'order ' || orders.order_id as key, jsonb_build_object(
      'order_id', orders.order_id, 'source', source, 'source_id', coalesce(away.source_id, orders.source_id),
      'order_kind', orders.kind, 'status', status, 'store_name', store.name, 'net_minor', orders.net_minor,
      'refunded_minor', refunded_minor, 'given', coalesce(here.kind, case when away.kind is not null then 'away' end),
      'other_member_id', coalesce(away.member_id, case when here.kind = 'moved' then here.from_member_id end)) as data
    from orders left join stores store on store.store_id = orders.store_id
    left join till_given_receipts here on here.member_id = orders.member_id and here.order_id = orders.order_id
    left join till_given_receipts away on away.from_member_id = orders.member_id and away.kind = 'moved'
      and away.from_order_id = orders.order_id
    where orders.member_id = ${member_id}::uuid`,
  refund: (member_id) => sql`
    select occurred_at as at, 'refund ' || refund_id as key, jsonb_build_object(
      'refund_id', refund_id, 'refund_kind', kind, 'order_id', order_id, 'source', source, 'source_id', source_id,
      'net_minor', net_minor, 'unmatched_minor', unmatched_minor) as data
    from order_refunds where member_id = ${member_id}::uuid`,
  points: (member_id) => sql`
    select occurred_at as at, 'points ' || lpad(entry_id::text, 20, '0') as key, jsonb_build_object(
      'entry_id', entry_id, 'entry_kind', kind, 'points', points, 'order_id', order_id, 'why', why) as data
    from point_entries where member_id = ${member_id}::uuid`,
  tier: (member_id) => sql`
    select occurred_at as at, 'tier ' || lpad(change_id::text, 20, '0') as key, jsonb_build_object(
      'change_kind', kind, 'from_tier_code', before.code, 'from_tier_names', before.names,
      'to_tier_code', after.code, 'to_tier_names', after.names,
      'why', why) as data
    from tier_changes
    left join tiers before on before.tier_id = from_tier_id
    left join tiers after on after.tier_id = to_tier_id
    -- what was reached in the name of somebody merged into this member stays there
    where member_id in (
      select ${member_id}::uuid union all select m.member_id from members m where m.merged_into = ${member_id}::uuid)`,
  message: (member_id) => sql`
    select coalesce(sent_at, queued_at) as at, 'message ' || lpad(message.message_id::text, 20, '0') as key,
      jsonb_build_object(
        'message_id', message.message_id, 'channel', send.channel, 'status', message.status, 'reason', reason,
        'subject', body.subject, 'template_name', template.name, 'origin', send.origin, 'origin_id', send.origin_id,
        'opened_at', opened_at, 'clicked_at', clicked_at) as data
    from messages message
    join sends send on send.send_id = message.send_id
    left join templates template on template.template_id = send.template_id
    left join message_bodies body on body.member_id = message.member_id and body.message_id = message.message_id
    where message.member_id = ${member_id}::uuid`,
  consent: (member_id) => sql`
    select at, concat_ws(' ', 'consent', channel, purpose, status, extract(epoch from at)) as key, jsonb_build_object(
      'channel', channel, 'purpose', purpose, 'status', status, 'method', method) as data
    from member_consent_entries where member_id = ${member_id}::uuid`,
  note: (member_id) => sql`
    select at, 'note ' || note_id as key,
      jsonb_build_object('note_id', note_id, 'body', body, 'actor_name', actor_name) as data
    from member_notes where member_id = ${member_id}::uuid`,
  // a change of state is known by its day: it stands at that day's beginning in the program's zone
  state: (member_id) => sql`
    select changed_on::timestamp at time zone program.time_zone as at, 'state ' || changed_on as key,
      jsonb_build_object('from_state', from_state, 'to_state', to_state) as data
    from member_state_changes cross join program where member_id = ${member_id}::uuid`,
  // an end is known by its day; one that was asked for stands there already
  plan: (member_id) => sql`
    select e.at, 'plan ' || e.entry_id as key, jsonb_build_object(
      'act', case when e.kind in ('cancelled', 'resumed', 'refunded') then e.kind when e.number = 1 then 'joined'
        when e.kind = 'given' then 'given' else 'renewed' end,
      'plan_id', e.plan_id, 'plan_names', plan.names, 'amount_minor', e.amount_minor, 'ended_why', null,
      'why', e.why) as data
    from plan_entries e join plans plan on plan.plan_id = e.plan_id where e.member_id = ${member_id}::uuid
    union all
    select s.ended_on::timestamp at time zone program.time_zone, 'plan ended ' || s.subscription_id, jsonb_build_object(
      'act', 'ended', 'plan_id', s.plan_id, 'plan_names', plan.names, 'amount_minor', 0, 'ended_why', s.ended_why,
      'why', null)
    from plan_subscriptions s join plans plan on plan.plan_id = s.plan_id cross join program
    where s.member_id = ${member_id}::uuid and s.ended_on is not null and not exists (
      select from plan_entries e where e.member_id = s.member_id and e.subscription_id = s.subscription_id
        and e.kind = 'cancelled' and e.why->>'code' <> 'cancelled_at_end')`,
  moment: (member_id) => sql`
    select past.recorded_at as at, concat_ws(' ', 'moment', past.moment_id, past.occurrence) as key, jsonb_build_object(
      'moment_id', past.moment_id, 'moment_names', moment.names, 'refused', past.refused, 'why', past.why) as data
    from moment_gifts past join moments moment on moment.moment_id = past.moment_id
    where past.member_id = ${member_id}::uuid`,
  // of a coupon or gift that went from one to another, both sides say so
  passed: (member_id) => sql`
    select pass.ended_at as at, 'passed ' || pass.pass_id as key, jsonb_build_object(
      'thing', pass.kind, 'is_out', pass.member_id = ${member_id}::uuid, 'name', definition.name,
      'names', item.names, 'other_member_id', other.member_id, 'other_name', other.display_name) as data
    from portal_passes pass
    left join coupons coupon on pass.kind = 'coupon' and coupon.member_id = pass.accepted_by
      and coupon.coupon_id = pass.received_id
    left join coupon_definitions definition on definition.coupon_definition_id = coupon.coupon_definition_id
    left join gifts gift on pass.kind = 'gift' and gift.member_id = pass.accepted_by
      and gift.gift_id = pass.received_id
    left join gift_items item on item.item_id = gift.item_id
    left join members other on other.erased_at is null
      and other.member_id = case when pass.member_id = ${member_id}::uuid then pass.accepted_by else pass.member_id end
    where (pass.member_id = ${member_id}::uuid or pass.accepted_by = ${member_id}::uuid) and pass.state = 'accepted'
      and pass.kind <> 'pool'`,
}

/** Newest first. `before` is the last item seen; `kinds` leaves others out. */
export async function timelineOf(
  db: Reader,
  page: {
    member_id: string
    kinds: readonly TimelineKind[]
    before: { at: string; key: string } | null
    limit: number
  },
): Promise<TimelineRow[]> {
  const { before } = page
  const place = before
    ? sql`where (at, key) < (${before.at}::timestamptz, ${before.key}::text collate "C")`
    : sql`where true`
  const one = (kind: TimelineKind) => sql`
    (select ${kind}::text as kind, at, key collate "C" as key, data from (${parts[kind](page.member_id)}) part
     ${place} order by at desc, key desc limit ${page.limit}::int)`
  return db.rows<TimelineRow>(sql`
    select kind, at, key, case when kind = 'order' then item.data || lines_of.data else item.data end as data
    from (
      select * from (${join(page.kinds.map(one), ' union all ')}) merged
      order by at desc, key desc limit ${page.limit}::int
    ) item
    left join lateral (
      select jsonb_build_object('line_count', count(*), 'lines', coalesce(jsonb_agg(jsonb_build_object(
        'sku', line.sku, 'name', coalesce(product.name, line.name), 'quantity', quantity, 'net_minor', line.net_minor)
        order by line_no) filter (where line_no <= ${lines_max}::int), '[]')) as data
      from order_lines line left join products product on product.product_id = line.product_id
      where kind = 'order' and line.member_id = ${page.member_id}::uuid
        and line.order_id = (item.data->>'order_id')::uuid
    ) lines_of on kind = 'order'
    order by at desc, key desc`)
}
