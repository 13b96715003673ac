/** What conditions may ask of a member's profile, tags and consents. */
import type { Field } from '../../base/conditions/fields.ts'
import { sql } from '../../base/sql.ts'

/** May be written to on a channel for marketing: consent given, address known, not suppressed. */
const reachable = (channel: string, address: 'email' | 'phone') => sql`(
  ${address === 'email' ? sql`m.email` : sql`m.phone`} is not null
  and exists (select from member_consents c where c.member_id = m.member_id and c.channel = ${channel}::text
    and c.purpose = 'marketing' and c.status = 'granted')
  and not exists (select from member_suppressions s where s.member_id = m.member_id and s.channel = ${channel}::text))`

export const fields: Field[] = [
  { name: 'name', group: 'profile', type: 'text', sql: sql`m.display_name` },
  {
    name: 'gender',
    group: 'profile',
    type: 'choice',
    options: ['female', 'male', 'other'],
    sql: sql`m.gender`,
    timeless: true,
  },
  {
    name: 'birthday',
    group: 'profile',
    type: 'anniversary',
    timeless: true,
    // a birth date is YYYY-MM-DD or --MM-DD: its last five characters are the day that comes back
    sql: sql`right(m.birth_date, 5)`,
  },
  {
    name: 'age',
    group: 'profile',
    type: 'number',
    integer: true,
    unit: 'years',
    timeless: true,
    // by the texts, so that an impossible day in old data cannot fail the whole question
    sql: ({ today }) => sql`
      case when m.birth_date not like '-%' then left(${today}::text, 4)::int - left(m.birth_date, 4)::int
        - (right(m.birth_date, 5) > right(${today}::text, 5))::int end`,
  },
  { name: 'language', group: 'profile', type: 'choice', options: 'languages', sql: sql`m.locale` },
  { name: 'has_phone', group: 'profile', type: 'flag', sql: sql`(m.phone is not null)` },
  { name: 'has_email', group: 'profile', type: 'flag', sql: sql`(m.email is not null)` },
  { name: 'joined_at', group: 'membership', type: 'instant', sql: sql`m.joined_at`, timeless: true },
  {
    name: 'join_channel',
    group: 'membership',
    type: 'choice',
    options: 'join_channels',
    sql: sql`m.join_channel`,
    timeless: true,
  },
  {
    name: 'join_store',
    group: 'membership',
    type: 'choice',
    cast: 'uuid',
    options: 'stores',
    sql: sql`m.join_store_id`,
    timeless: true,
  },
  {
    name: 'home_store',
    group: 'membership',
    type: 'choice',
    cast: 'uuid',
    options: 'stores',
    sql: sql`m.home_store_id`,
  },
  {
    name: 'is_company',
    group: 'companies',
    type: 'flag',
    sql: sql`exists (select from companies c where c.member_id = m.member_id)`,
  },
  {
    name: 'company_roles',
    group: 'companies',
    type: 'set',
    options: ['buyer', 'payer', 'user', 'admin'],
    array: sql`array(select distinct p.role from company_members p
      where p.member_id = m.member_id and p.until is null)`,
  },
  { name: 'tags', group: 'tags', type: 'set', options: 'tags', array: sql`m.tags` },
  {
    name: 'consents',
    group: 'consent',
    type: 'set',
    options: 'consents',
    rows: {
      from: sql`member_consents c`,
      member: 'c.member_id',
      value: sql`(c.channel || ':' || c.purpose)`,
      where: sql`c.status = 'granted'`,
    },
  },
  { name: 'reachable_by_email', group: 'consent', type: 'flag', sql: reachable('email', 'email') },
  { name: 'reachable_by_sms', group: 'consent', type: 'flag', sql: reachable('sms', 'phone') },
]
