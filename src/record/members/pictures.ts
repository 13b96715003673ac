/** A member's picture of themselves: one, put and removed by themselves, shown to who may read members. */
import { createHash } from 'node:crypto'
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import * as facts from '../../base/facts.ts'
import type { PrivateFile } from '../../base/private-file.ts'
import { sql } from '../../base/sql.ts'
import { audit } from '../staff/staff.ts'
import { pairSql } from './merging.ts'
import { formatOf } from './picture-formats.ts'
import type { MergePair } from './survivor.ts'
import { picture_bytes_max } from './types.ts'

/** A face on a screen is 256 wide; a small file may still unfold into a picture that fills a device's memory. */
const side_max = 1_024

/**
 * Puts a member's picture in the place of the one before; answers its hash. Throws `member.not_found`,
 * `member.picture_too_large`, `member.picture_unreadable` (neither JPEG nor PNG nor WebP).
 */
export async function setPicture(tx: Tx, member_id: string, image: Buffer): Promise<string> {
  const limits = { bytes_max: picture_bytes_max, side_max }
  if (image.length > picture_bytes_max) throw new AppError('member.picture_too_large', limits)
  const format = formatOf(image)
  if (!format) throw new AppError('member.picture_unreadable')
  if (Math.max(format.width, format.height) > side_max) throw new AppError('member.picture_too_large', limits)
  const found = await tx.row(sql`
    select from members where member_id = ${member_id}::uuid and kind <> 'walk_in' and merged_into is null
      and erased_at is null for update`)
  if (!found) throw new AppError('member.not_found', { member_id })
  const hash = createHash('sha256').update(image).digest('hex').slice(0, 32)
  const changed = await tx.run(sql`
    insert into member_pictures as held (member_id, type, image, hash, updated_at)
    values (${member_id}::uuid, ${format.type}::text, decode(${image.toString('base64')}::text, 'base64'),
      ${hash}::text, ${tx.now}::timestamptz)
    on conflict (member_id) do update set type = excluded.type, image = excluded.image, hash = excluded.hash,
      updated_at = excluded.updated_at
    where held.hash <> excluded.hash`)
  if (changed > 0) await tell(tx, member_id)
  return hash
}

/** Removes a member's picture; none is removed as well. */
export async function removePicture(tx: Tx, member_id: string): Promise<void> {
  const gone = await tx.run(sql`delete from member_pictures where member_id = ${member_id}::uuid`)
  if (gone > 0) await tell(tx, member_id)
}

/** That there is another one, or none any more; never the picture itself. */
async function tell(tx: Tx, member_id: string): Promise<void> {
  const data = { fields: ['picture'] }
  await audit(tx, [{ action: 'member.updated', noun: 'members', noun_id: member_id, after: data }])
  await facts.write(tx, [{ name: 'member.updated', member_id, occurred_at: tx.now, data }])
}

/** The picture of a member; a merged one's id finds the kept one's. Throws `member.picture_not_found`. */
export async function pictureOf(db: Reader, member_id: string): Promise<PrivateFile> {
  const found = await db.row<PrivateFile>(sql`
    select own.type, own.image as bytes, own.hash from members asked
    join member_pictures own on own.member_id = coalesce(asked.merged_into, asked.member_id)
    where asked.member_id = ${member_id}::uuid`)
  if (!found) throw new AppError('member.picture_not_found', { member_id }, { status: 404 })
  return found
}

/** What the kept one shows stays; else the newest of those merged into it. */
export async function movePictures(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  await tx.run(sql`
    with ${pairSql(pairs)},
    gone as (delete from member_pictures p using pair where p.member_id = pair.merged returning p as row, pair.keep)
    insert into member_pictures
    select moved.* from gone
    cross join lateral jsonb_populate_record(gone.row, jsonb_build_object('member_id', gone.keep)) as moved
    order by moved.updated_at desc
    on conflict do nothing`)
}

/** Of members that are erased. */
export async function forgetPictures(tx: Tx, member_ids: readonly string[]): Promise<void> {
  await tx.run(sql`delete from member_pictures where member_id = any (${member_ids}::uuid[])`)
}
