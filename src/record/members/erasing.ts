/**
 * A person asks to be forgotten. What names them goes; that somebody bought, earned and spent stays under an id that
 * leads to nobody. The fact `member.erased` lets every module do the same with its own rows in this transaction.
 */
import type { Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import * as facts from '../../base/facts.ts'
import { forgetAnswers } from '../../base/idempotency.ts'
import { sql } from '../../base/sql.ts'
import { forgetCompanies } from './companies/moving.ts'
import { forgetDays } from './days.ts'
import { audit } from '../staff/staff.ts'
import { forgetPictures } from './pictures.ts'
import { forgetSignIns } from './signing-in.ts'

/** What hearers listen for; those merged into an erased member are told of too. */
export const memberErased = 'member.erased'

/** What hearers get beside the fact: by what the person may be named elsewhere. Never stored. */
export interface ErasedContext {
  /** Names, phones, e-mails, cards and ids as they were kept and written. */
  texts: readonly string[]
}

/** Shorter texts stand in too many others to say whom they name. */
const text_length_min = 2

/** Erases members, with all that was merged into them. Throws `member.not_found`. Cannot be undone. */
export async function erase(tx: Tx, member_ids: readonly string[]): Promise<void> {
  if (member_ids.length === 0) return
  const asked = [...new Set(member_ids)].sort()
  const rows = await tx.rows<{ member_id: string; merged_into: string | null; texts: string[] }>(sql`
    update members m set updated_at = ${tx.now}::timestamptz
    where (m.member_id = any (${asked}::uuid[]) and m.merged_into is null or m.merged_into = any (${asked}::uuid[]))
      and m.kind <> 'walk_in' and m.erased_at is null
    returning m.member_id, m.merged_into, array_remove(array[m.display_name, m.first_name || ' ' || m.last_name,
      m.last_name || m.first_name, m.phone, m.email, m.external_id], null) as texts`)
  const missing = asked.find((member_id) => !rows.some((row) => row.member_id === member_id))
  if (missing) throw new AppError('member.not_found', { member_id: missing })
  const gone = rows.map((row) => row.member_id)
  const texts = await textsOf(
    tx,
    gone,
    rows.flatMap((row) => row.texts),
  )
  await forgetOwn(tx, gone)
  await forgetCompanies(tx, gone)
  await forgetSignIns(tx, gone, texts)
  await forgetDays(tx, gone)
  await forgetPictures(tx, gone)
  await forgetAnswers(tx, [...texts, ...gone])
  await audit(
    tx,
    asked.map((noun_id) => ({ action: 'member.erased', noun: 'members', noun_id })),
  )
  const context: ErasedContext = { texts }
  await facts.write(
    tx,
    gone.map((member_id) => ({ name: memberErased, member_id, occurred_at: tx.now, data: {}, context })),
  )
}

async function textsOf(tx: Tx, member_ids: readonly string[], own: readonly string[]): Promise<string[]> {
  const known = await tx.rows<{ text: string }>(sql`
    select value as text from member_identities where member_id = any (${member_ids}::uuid[])
    union select display from member_identities where member_id = any (${member_ids}::uuid[]) and display is not null
    union select address from member_suppressions where member_id = any (${member_ids}::uuid[])`)
  const all = [...own, ...known.map((row) => row.text)].map((text) => text.trim())
  return [...new Set(all)].filter((text) => [...text].length >= text_length_min)
}

/** That consent was given and withdrawn stays as proof, without the address it came from. */
async function forgetOwn(tx: Tx, member_ids: readonly string[]): Promise<void> {
  await tx.run(sql`
    with identities as (delete from member_identities where member_id = any (${member_ids}::uuid[])),
      notes as (delete from member_notes where member_id = any (${member_ids}::uuid[])),
      suppressions as (delete from member_suppressions where member_id = any (${member_ids}::uuid[])),
      entries as (update member_consent_entries set ip = null
        where member_id = any (${member_ids}::uuid[]) and ip is not null)
    update members set display_name = null, first_name = null, last_name = null, birth_date = null, gender = null,
      locale = null, time_zone = null, phone = null, email = null, external_id = null, attributes = '{}', tags = '{}',
      home_store_id = null, search = '', erased_at = ${tx.now}::timestamptz
    where member_id = any (${member_ids}::uuid[])`)
}
