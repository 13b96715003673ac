/** `regulars verify` for cards: the ledger once more, in SQL that shares no statement with the verbs. */
import { sql } from '../../base/sql.ts'
import { noRows, type VerifyCheck } from '../../base/verify.ts'

export const checks: VerifyCheck[] = [
  noRows('cards.entries_equal_balance', 'the entries of every card sum to its balance less its debt', (db) =>
    db.rows(sql`
    with entered as (
      select member_id, card_definition_id, sum(units)::bigint as units, sum(debt)::bigint as debt
      from card_entries group by 1, 2
    )
    select coalesce(c.member_id, e.member_id) as member_id,
      coalesce(c.card_definition_id, e.card_definition_id) as card, e.units, e.debt as entered_debt, c.balance, c.debt
    from entered e full join cards c on c.member_id = e.member_id and c.card_definition_id = e.card_definition_id
    where (coalesce(e.units, 0), coalesce(e.debt, 0))
      is distinct from (coalesce(c.balance - c.debt, 0), coalesce(c.debt, 0))`),
  ),
  noRows('cards.lots_equal_balance', 'the lots of every card sum to its balance', (db) =>
    db.rows(sql`
    with held as (
      select member_id, card_definition_id, sum(remaining)::bigint as remaining,
        min(case when remaining > 0 then expires_on end) as next_expiry_on
      from card_lots group by 1, 2
    )
    select coalesce(c.member_id, held.member_id) as member_id, held.remaining, c.balance, held.next_expiry_on
    from held full join cards c on c.member_id = held.member_id and c.card_definition_id = held.card_definition_id
    where coalesce(held.remaining, 0) <> coalesce(c.balance, 0)
      or held.next_expiry_on is distinct from c.next_expiry_on`),
  ),
  noRows('cards.entries_equal_lots', 'every lot holds what entries brought to it, less what they took', (db) =>
    db.rows(sql`
    with moved as (
      select member_id, lot_id, sum(units)::bigint as units,
        sum(units) filter (where units > 0 and entry_id = (select lot.entry_id from card_lots lot
          where lot.member_id = part.member_id and lot.lot_id = part.lot_id))::bigint as granted
      from card_entry_lots part group by 1, 2
    )
    select coalesce(lot.member_id, moved.member_id) as member_id, coalesce(lot.lot_id, moved.lot_id) as lot_id,
      lot.granted, lot.remaining, moved.units
    from card_lots lot full join moved on moved.member_id = lot.member_id and moved.lot_id = lot.lot_id
    where lot.remaining is distinct from moved.units or lot.granted is distinct from moved.granted`),
  ),
  noRows('cards.entries_move_lots', 'every entry moves its lots by its units and its debt', (db) =>
    db.rows(sql`
    select e.member_id, e.entry_id, e.kind, e.units, e.debt, part.units as lots
    from card_entries e cross join lateral (
      select coalesce(sum(p.units), 0)::bigint as units from card_entry_lots p
      where p.member_id = e.member_id and p.entry_id = e.entry_id
    ) part
    where e.units + e.debt <> part.units`),
  ),
  noRows('cards.stamps_equal_orders', 'orders have given what they are worth, the most of a day seen to', (db) =>
    db.rows(sql`
    with days as (
      select o.member_id, o.card_definition_id, o.day, sum(o.stamps)::bigint as stamps,
        min((v.rule->>'day_max')::bigint) as day_max, count(distinct o.rule_version) as versions
      from card_orders o join card_versions v on v.card_definition_id = o.card_definition_id
        and v.version = o.rule_version
      group by 1, 2, 3
    ), given as (
      select e.member_id, e.card_definition_id, o.day, sum(e.units
        - coalesce((e.why->'params'->>'let_go')::bigint, 0)
        - coalesce((e.why->'params'->>'gone')::bigint, 0))::bigint as stamps
      from card_entries e join card_orders o on o.member_id = e.member_id
        and o.card_definition_id = e.card_definition_id and o.order_id = e.order_id
      where e.kind in ('stamp', 'unstamp') group by 1, 2, 3
    )
    select days.*, given.stamps as given
    from days left join given on given.member_id = days.member_id
      and given.card_definition_id = days.card_definition_id and given.day = days.day
    where days.versions = 1 and coalesce(given.stamps, 0) <> least(days.stamps, coalesce(days.day_max, days.stamps))`),
  ),
  noRows('cards.rounds_are_filled_once', 'every filled card took its stamps once, and nothing else did', (db) =>
    db.rows(sql`
    select coalesce(r.member_id, e.member_id) as member_id, r.round_id, r.size, e.entry_id, e.units
    from card_rounds r full join (select * from card_entries where kind = 'fill') e
      on e.member_id = r.member_id and e.entry_id = r.entry_id
    where r.size is distinct from -e.units`),
  ),
  noRows('cards.rounds_are_counted', 'every card counts the times it was filled', (db) =>
    db.rows(sql`
    select c.member_id, c.card_definition_id, c.rounds, count(r.round_id) as filled
    from cards c left join card_rounds r on r.member_id = c.member_id and r.card_definition_id = c.card_definition_id
    group by c.member_id, c.card_definition_id, c.rounds having c.rounds <> count(r.round_id)`),
  ),
  noRows('cards.restores_within_spends', 'no spend has more given back than was spent', (db) =>
    db.rows(sql`
    select s.member_id, s.entry_id, -s.units as spent, sum(back.units)::bigint as restored
    from card_entries s join card_entries back on back.member_id = s.member_id and back.corrects = s.entry_id
    where s.kind = 'spend' group by s.member_id, s.entry_id, s.units having sum(back.units) > -s.units`),
  ),
  noRows('cards.holds_are_spent_once', 'what was committed is one spend of as much; what was not is none', (db) =>
    db.rows(sql`
    select h.member_id, h.source, h.source_id, h.status, h.units, s.units as spent
    from card_holds h left join card_entries s on s.member_id = h.member_id
      and s.card_definition_id = h.card_definition_id and s.source = h.source and s.source_id = h.source_id
      and s.kind = 'spend'
    where case when h.status = 'committed' then s.units is distinct from -h.units else s.entry_id is not null end`),
  ),
  noRows('cards.expiry_is_booked', 'nothing expires before its last day is over', (db) =>
    db.rows(sql`
    select e.member_id, e.entry_id, e.occurred_at, lot.expires_on
    from card_entries e join card_entry_lots p on p.member_id = e.member_id and p.entry_id = e.entry_id
    join card_lots lot on lot.member_id = p.member_id and lot.lot_id = p.lot_id
    where e.kind = 'expire' and (lot.expires_on is null or not lot.is_ended or e.occurred_at < lot.expires_on)`),
  ),
]
