/**
 * A member's picture of themselves: one, put and removed by themselves, shown to who may read members. Staff may remove
 * an unseemly one; that they did stays in its place until the member puts another.
 */
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
 * Puts members' pictures, one for each, in the place of those before; answers their hashes, and how many are others
 * now. Throws `member.not_found`, `member.picture_too_large`, `member.picture_unreadable` (neither JPEG nor PNG nor
 * WebP).
 */
export async function setPictures(
  tx: Tx,
  pictures: readonly { member_id: string; image: Buffer }[],
): Promise<{ hashes: string[]; changed: number }> {
  const puts = pictures.map(({ member_id, image }) => ({
    member_id,
    image,
    type: typeOf(image),
    hash: hashOf(image),
  }))
  const ids = puts.map(({ member_id }) => member_id)
  const found = await tx.rows<{ member_id: string }>(sql`
    select member_id from members where member_id = any (${ids}::uuid[]) and kind <> 'walk_in'
      and merged_into is null and erased_at is null order by member_id for update`)
  const known = new Set(found.map(({ member_id }) => member_id))
  const missing = ids.find((member_id) => !known.has(member_id))
  if (missing !== undefined) throw new AppError('member.not_found', { member_id: missing })
  const changed = await tx.rows<{ member_id: string }>(sql`
    insert into member_pictures as held (member_id, type, image, hash, updated_at)
    select member_id, type, decode(image, 'base64'), hash, ${tx.now}::timestamptz
    from unnest(${ids}::uuid[], ${puts.map(({ type }) => type)}::text[],
      ${puts.map(({ image }) => image.toString('base64'))}::text[], ${puts.map(({ hash }) => hash)}::text[])
      as put (member_id, type, image, hash)
    on conflict (member_id) do update set type = excluded.type, image = excluded.image, hash = excluded.hash,
      updated_at = excluded.updated_at, taken_away_at = null
    where held.hash is distinct from excluded.hash
    returning member_id`)
  await tell(
    tx,
    changed.map(({ member_id }) => member_id),
  )
  return { hashes: puts.map(({ hash }) => hash), changed: changed.length }
}

/** The same for one, by a person: the audit knows of it. Answers its hash. */
export async function setPicture(tx: Tx, member_id: string, image: Buffer): Promise<string> {
  const { hashes, changed } = await setPictures(tx, [{ member_id, image }])
  if (changed > 0) await note(tx, member_id)
  return hashes[0]!
}

const hashOf = (image: Buffer) => createHash('sha256').update(image).digest('hex').slice(0, 32)

/** Throws when it is no picture that is taken. */
function typeOf(image: Buffer): string {
  const limits = { bytes_max: picture_bytes_max, side_max }
  if (image.length > picture_bytes_max) throw new AppError('member.picture_too_large', limits)
  const format = formatOf(image)
  if (!format) throw new AppError('member.picture_unreadable')
  if (Math.max(format.width, format.height) > side_max) throw new AppError('member.picture_too_large', limits)
  return format.type
}

/** Removes a member's picture; none is removed as well. */
export async function removePicture(tx: Tx, member_id: string): Promise<void> {
  const gone = await tx.rows<{ hash: string | null }>(sql`
    delete from member_pictures where member_id = ${member_id}::uuid returning hash`)
  if (!gone.some(({ hash }) => hash !== null)) return
  await note(tx, member_id)
  await tell(tx, [member_id])
}

/**
 * Staff remove the picture that they saw (`version`, its hash), with a reason that stays in the audit and goes with the
 * member. Throws `member.picture_not_found`, also when the member has put another one meanwhile: nobody has seen that.
 */
export async function takeAwayPicture(
  tx: Tx,
  { member_id, version, reason }: { member_id: string; version: string; reason: string },
): Promise<void> {
  const gone = await tx.run(sql`
    update member_pictures set type = null, image = null, hash = null, updated_at = ${tx.now}::timestamptz,
      taken_away_at = ${tx.now}::timestamptz
    where member_id = ${member_id}::uuid and hash = ${version}::text`)
  if (gone === 0) throw new AppError('member.picture_not_found', { member_id }, { status: 404 })
  const personal = [{ member_id, before: {}, after: { reason } }]
  await audit(tx, [{ action: 'member.picture_removed', noun: 'members', noun_id: member_id, personal }])
  await tell(tx, [member_id])
}

/** That there is another one, or none any more; never the picture itself. */
const after = { fields: ['picture'] }

const note = (tx: Tx, noun_id: string) => audit(tx, [{ action: 'member.updated', noun: 'members', noun_id, after }])

const tell = (tx: Tx, member_ids: readonly string[]) =>
  facts.write(
    tx,
    member_ids.map((member_id) => ({ name: 'member.updated', member_id, occurred_at: tx.now, data: after })),
  )

/** The picture of a member; a merged one's id finds the kept one's. Throws `member.picture_not_found`. */
export async function pictureOf(db: Reader, member_id: string): Promise<PrivateFile> {
  const found = await db.row<PrivateFile>(sql`
    select own.type, own.image as bytes, own.hash from members asked
    join member_pictures own on own.member_id = coalesce(asked.merged_into, asked.member_id) and own.image is not null
    where asked.member_id = ${member_id}::uuid`)
  if (!found) throw new AppError('member.picture_not_found', { member_id }, { status: 404 })
  return found
}

/** What the kept one shows stays; else the newest of those merged into it, and a picture before one taken away. */
export async function movePictures(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  await tx.run(sql`
    with ${pairSql(pairs)},
    gone as (delete from member_pictures p using pair where p.member_id = pair.merged returning p as row, pair.keep)
    insert into member_pictures as held
    select distinct on (moved.member_id) moved.* from gone
    cross join lateral jsonb_populate_record(gone.row, jsonb_build_object('member_id', gone.keep)) as moved
    order by moved.member_id, moved.image is null, moved.updated_at desc
    on conflict (member_id) do update set type = excluded.type, image = excluded.image, hash = excluded.hash,
      updated_at = excluded.updated_at, taken_away_at = null
    where held.image is null and excluded.image is not null`)
}

/** Of members that are erased. */
export async function forgetPictures(tx: Tx, member_ids: readonly string[]): Promise<void> {
  await tx.run(sql`delete from member_pictures where member_id = any (${member_ids}::uuid[])`)
}
