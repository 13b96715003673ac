/**
 * Days of a member's own: a wedding, the birthday of a child. One a name; by the lunar calendar a day without its year.
 */
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import * as facts from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import { audit } from '../staff/staff.ts'
import { pairSql } from './merging.ts'
import { readBirthDate } from './rules.ts'
import type { MergePair } from './survivor.ts'
import type { MemberDay } from './types.ts'

/** The days of a member's own, by name. */
export async function daysOf(db: Reader, member_id: string): Promise<MemberDay[]> {
  return db.rows<MemberDay>(sql`
    select name, calendar, day from member_days where member_id = ${member_id}::uuid order by name`)
}

/** A lunar month has 30 days at most; a solar one is read like a birth date. */
function isDay({ calendar, day }: MemberDay): boolean {
  if (calendar === 'solar') return readBirthDate(day) !== null
  const [month, nth] = [Number(day.slice(2, 4)), Number(day.slice(5))]
  return day.startsWith('--') && month >= 1 && month <= 12 && nth >= 1 && nth <= 30
}

/** Sets all days of one member. Throws `member.not_found`, `member.day_unreadable`, `member.day_twice`. */
export async function setDays(tx: Tx, member_id: string, days: readonly MemberDay[]): Promise<MemberDay[]> {
  const wrong = days.find((day) => !isDay(day))
  if (wrong) throw new AppError('member.day_unreadable', { name: wrong.name })
  const names = days.map((day) => day.name.trim())
  if (new Set(names).size < names.length) throw new AppError('member.day_twice')
  const found = await tx.row(sql`
    select from members where member_id = ${member_id}::uuid and kind <> 'walk_in' and merged_into is null
      and erased_at is null for update`)
  if (!found) throw new AppError('member.not_found', { member_id })
  const before = await daysOf(tx, member_id)
  const after = days.map((day, i) => ({ ...day, name: names[i]! })).sort((a, b) => (a.name < b.name ? -1 : 1))
  if (JSON.stringify(before) === JSON.stringify(after)) return before
  await tx.run(sql`
    with wanted as (
      select * from unnest(${after.map((day) => day.name)}::text[], ${after.map((day) => day.calendar)}::text[],
        ${after.map((day) => day.day)}::text[]) as one (name, calendar, day)
    ),
    gone as (
      delete from member_days d where d.member_id = ${member_id}::uuid
        and not exists (select from wanted where wanted.name = d.name)
    )
    insert into member_days (member_id, name, calendar, day, created_at)
    select ${member_id}::uuid, name, calendar, day, ${tx.now}::timestamptz from wanted
    on conflict (member_id, name) do update set calendar = excluded.calendar, day = excluded.day`)
  await audit(tx, [
    {
      action: 'member.updated',
      noun: 'members',
      noun_id: member_id,
      after: { fields: ['days'] },
      personal: [{ member_id, before: { days: before }, after: { days: after } }],
    },
  ])
  const fact = { name: 'member.updated', member_id, occurred_at: tx.now, data: { fields: ['days'] } }
  await facts.write(tx, [fact])
  return after
}

/** What the kept one says holds; what only a merged one says is added. */
export async function moveDays(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  await tx.run(sql`
    with ${pairSql(pairs)},
    gone as (delete from member_days d using pair where d.member_id = pair.merged returning d as row, pair.keep)
    insert into member_days
    select moved.* from gone
    cross join lateral jsonb_populate_record(gone.row, jsonb_build_object('member_id', gone.keep)) as moved
    on conflict do nothing`)
}

/** Of members that are erased. */
export async function forgetDays(tx: Tx, member_ids: readonly string[]): Promise<void> {
  await tx.run(sql`delete from member_days where member_id = any (${member_ids}::uuid[])`)
}
