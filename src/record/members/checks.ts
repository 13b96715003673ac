/** `regulars verify` for members: who they are and what they said, proved again in SQL of its own. */
import type { Reader } from '../../base/db.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { noRows, type VerifyCheck } from '../../base/verify.ts'
import { loadDictionaries, searchWordsOf } from './search-words.ts'

function finds(name: string, sentence: string, statement: Sql): VerifyCheck {
  return noRows(name, sentence, (db) => db.rows<Record<string, unknown>>(statement))
}

const companies: VerifyCheck[] = [
  finds(
    'members.companies_have_accounts',
    'every company has an account that lives, and its people are there',
    sql`
    select c.member_id, null::uuid as person_id from companies c left join members m on m.member_id = c.member_id
    where m.member_id is null or m.merged_into is not null
    union all
    select p.company_id, p.member_id from company_members p
    left join members m on m.member_id = p.member_id left join companies c on c.member_id = p.company_id
    where c.member_id is null or m.member_id is null or m.merged_into is not null or m.erased_at is not null`,
  ),
  finds(
    'members.credited_is_named',
    'every order of a company belongs to whom it was credited: one of its people, or the company',
    sql`
    select o.member_id, o.order_id, o.credited from order_parties o
    where o.credited <> 'moved' and o.member_id is distinct from case o.credited when 'buyer' then o.buyer_id
      when 'payer' then o.payer_id when 'user' then o.user_id else o.company_id end`,
  ),
  finds(
    'members.climbers_are_named',
    'whose tier climbs by an order of a company is one of its people, or the company, in the account of today',
    sql`
    select o.member_id, o.order_id, o.climber, o.climber_id from order_parties o
    where o.climber_id is not null and (o.climber_id is distinct from case o.climber when 'buyer' then o.buyer_id
        when 'payer' then o.payer_id when 'user' then o.user_id when 'company' then o.company_id end
      or exists (select from members m where m.member_id = o.climber_id and m.merged_into is not null))`,
  ),
]

const identities: VerifyCheck[] = [
  finds(
    'members.identities_normalised',
    'every identity is kept in its one form, so that it cannot be there twice in two writings',
    sql`
    select value, kind, member_id from member_identities
    where not case
      when kind = 'phone' then value ~ '^[+][1-9][0-9]{5,14}$'
      when kind = 'email' then value = lower(value)
        and value ~ '^[^@[:space:]<>"]+@[^@[:space:]<>"]+[.][^@[:space:]<>".]+$'
      when kind = 'card' then value = upper(value) and value !~ '[[:space:]-]' and value <> ''
      when kind like any ('{external:_%,account:_%}') then value = btrim(value) and value <> ''
      else false
    end`,
  ),
  finds(
    'members.identities_owned',
    'every identity leads to somebody who is there: not to the merged, the erased or a walk-in',
    sql`
    select i.value, i.kind, i.member_id, m.kind as member_kind, m.merged_into, m.erased_at
    from member_identities i left join members m on m.member_id = i.member_id
    where m.member_id is null or m.kind = 'walk_in' or m.merged_into is not null or m.erased_at is not null`,
  ),
  finds(
    'members.shown_are_identities',
    'the phone, e-mail and id shown with a member are identities of that member',
    sql`
    select m.member_id, m.phone, m.email, m.external_id
    from members m
    left join (
      select member_id, array_agg(value) filter (where kind = 'phone') as phones,
        array_agg(value) filter (where kind = 'email') as emails,
        array_agg(value) filter (where kind like 'external:%') as externals
      from member_identities group by member_id
    ) own on own.member_id = m.member_id
    where m.merged_into is null and m.erased_at is null and (
      m.phone is not null and not coalesce(m.phone = any (own.phones), false)
      or m.email is not null and not coalesce(m.email = any (own.emails), false)
      or m.external_id is not null and not coalesce(m.external_id = any (own.externals), false))`,
  ),
]

const said: VerifyCheck[] = [
  finds(
    'members.consents_latest',
    'what holds of each consent is the last word in its history, of two at one instant the stricter',
    sql`
    with ranked as (
      select member_id, channel, purpose, status, at,
        rank() over (partition by member_id, channel, purpose order by at desc, status = 'withdrawn' desc) as nth
      from member_consent_entries
    )
    select coalesce(held.member_id, word.member_id) as member_id, coalesce(held.channel, word.channel) as channel,
      coalesce(held.purpose, word.purpose) as purpose, held.status as held, word.status as last_word
    from member_consents held
    full join (select * from ranked where nth = 1) word
      on word.member_id = held.member_id and word.channel = held.channel and word.purpose = held.purpose
    where (held.status, held.at) is distinct from (word.status, word.at)`,
  ),
  finds(
    'members.walk_ins_are_nobody',
    'walk-ins have no name, said nothing and are written to by nobody',
    sql`
    select m.member_id, m.display_name from members m
    where m.kind = 'walk_in' and (m.display_name is not null or m.phone is not null or m.email is not null
      or m.search <> '' or m.tags <> '{}'
      or exists (select from member_consent_entries e where e.member_id = m.member_id)
      or exists (select from member_notes n where n.member_id = m.member_id))`,
  ),
  finds(
    'members.joined',
    'members have joined on a day, guests have not',
    sql`
    select member_id, kind, joined_at from members
    where erased_at is null and (kind = 'member' and joined_at is null or kind = 'guest' and joined_at is not null)`,
  ),
]

const ended: VerifyCheck[] = [
  finds(
    'members.merged_lead_to_somebody',
    'who was merged leads in one step to a member who is there, and not to the merged',
    sql`
    select gone.member_id, gone.merged_into, kept.merged_into as further
    from members gone left join members kept on kept.member_id = gone.merged_into
    where gone.merged_into is not null
      and (kept.member_id is null or kept.merged_into is not null or kept.kind = 'walk_in')`,
  ),
  finds(
    'members.erased_are_nameless',
    'nothing that names a person is left of the erased',
    sql`
    select m.member_id from members m
    where m.erased_at is not null and (
      num_nonnulls(m.display_name, m.first_name, m.last_name, m.birth_date, m.phone, m.email, m.external_id) > 0
      or m.search <> '' or m.attributes <> '{}' or m.tags <> '{}'
      or exists (select from member_notes n where n.member_id = m.member_id)
      or exists (select from member_suppressions s where s.member_id = m.member_id)
      or exists (select from member_consent_entries e where e.member_id = m.member_id and e.ip is not null))`,
  ),
]

/** Rows compared at once. */
const search_batch = 20_000

/** Search keys come from a dictionary, not from SQL: each name is read again and its words made anew. */
async function staleSearch(db: Reader): Promise<Record<string, unknown>[]> {
  await loadDictionaries()
  const stale: Record<string, unknown>[] = []
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const rows = await db.rows<{ member_id: string; display_name: string | null; search: string }>(sql`
      select member_id, display_name, search from members
      where member_id > ${after}::uuid order by member_id limit ${search_batch}::int`)
    for (const { member_id, display_name, search } of rows) {
      if (searchWordsOf(display_name) !== search) stale.push({ member_id, display_name, search })
    }
    if (rows.length < search_batch) return stale
    after = rows.at(-1)!.member_id
  }
}

export const checks: VerifyCheck[] = [
  ...identities,
  ...companies,
  noRows('members.search_words', 'everybody is found by the words that their name gives', staleSearch),
  ...said,
  ...ended,
]
