/** Members who may be one person: for a human to judge, never merged by themselves. Reads only. */
import type { Db } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import type { DuplicateGroup } from './types.ts'

/** A page of work; when it is done the next is there. */
const groups_max = 100
/** Beyond so many it is no person but a mistake in the data (a birthday that was filled in by default). */
const group_size_max = 6
/** Walks all members once: 3 s for a million. */
const timeout_ms = 20_000

/**
 * Looked for: the same name by its sound (its pinyin, or its letters) and the same birthday; the same mailbox written
 * with dots or a +suffix; the same last nine digits of a phone under two country codes.
 */
export async function duplicatesOf(db: Db, signal?: AbortSignal): Promise<DuplicateGroup[]> {
  return db.timed<DuplicateGroup>(
    sql`
    with living as materialized (
      select member_id, number, display_name, phone, email, birth_date, search from members
      where kind in ('member', 'follower', 'guest') and merged_into is null and erased_at is null
    ),
    clues as (
      select member_id, number, 'name_and_birthday' as clue, right(birth_date, 5) || ' ' || (
        -- a name of Chinese characters by its longest pinyin, any other by its words
        select string_agg(word, ' ' order by word) from unnest(string_to_array(search, ' ')) as word
        where word ~ '^[a-z0-9]{2,}$') as value
      from living where birth_date is not null and search <> ''
      union all
      select member_id, number, 'mailbox',
        replace(regexp_replace(split_part(email, '@', 1), '[+].*$', ''), '.', '') || '@' || split_part(email, '@', 2)
      from living where email is not null
      union all
      select member_id, number, 'phone_end', right(phone, 9) from living where phone is not null
    ),
    grouped as (
      select clue, value, array_agg(member_id order by number) as member_ids, max(number) as newest
      from clues where value is not null group by clue, value
      having count(*) between 2 and ${group_size_max}::int
    )
    select distinct on (newest, member_ids) clue, member_ids from grouped
    order by newest desc, member_ids, clue limit ${groups_max}::int`,
    {
      timeout_ms,
      ...(signal ? { signal } : {}),
    },
  )
}
