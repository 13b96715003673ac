/** API keys: random tokens kept as SHA-256; the token itself is answered once, when made. */
import { actorText } from '../../base/actor.ts'
import type { Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { newToken, tokenHash } from '../../base/ids.ts'
import { sql } from '../../base/sql.ts'
import { isPermission } from './rules.ts'
import { audit } from './staff.ts'
import type { ApiKey } from './types.ts'

/** Enough of a token to tell two keys apart, too little to guess the rest (`rk_` and 5 of 43 letters). */
const prefixLength = 8

/**
 * Makes a key that may do what `scopes` say, at most what its maker may (`may`). Throws `key.scope_unknown`,
 * `key.scope_exceeds`.
 */
export async function createKey(
  tx: Tx,
  input: { name: string; scopes: readonly string[]; may: ReadonlySet<string> },
): Promise<{ key: ApiKey; token: string }> {
  const scopes = [...new Set(input.scopes)].sort()
  const unknown = scopes.find((scope) => !isPermission(scope))
  if (unknown !== undefined) throw new AppError('key.scope_unknown', { scope: unknown })
  const beyond = scopes.find((scope) => !input.may.has(scope) && !input.may.has('*'))
  if (beyond !== undefined) throw new AppError('key.scope_exceeds', { scope: beyond }, { status: 403 })
  const token = `rk_${newToken()}`
  const key = await tx.row<ApiKey>(sql`
    insert into staff_api_keys (name, prefix, token_hash, scopes, created_by, created_at)
    values (${input.name.trim()}::text, ${token.slice(0, prefixLength)}::text, ${tokenHash(token)}::bytea,
      ${scopes}::text[], ${actorText(tx.actor)}::text, ${tx.now}::timestamptz)
    returning key_id, name, prefix, scopes, created_by, created_at, revoked_at`)
  const after = { name: key!.name, scopes }
  await audit(tx, [{ action: 'key.created', noun: 'api_keys', noun_id: key!.key_id, after }])
  return { key: key!, token }
}

/** Ends a key for ever. Throws `key.not_found` if there is none that lives. */
export async function revokeKey(tx: Tx, key_id: string): Promise<void> {
  const revoked = await tx.row<{ name: string }>(sql`
    update staff_api_keys set revoked_at = ${tx.now}::timestamptz
    where key_id = ${key_id}::uuid and revoked_at is null returning name`)
  if (!revoked) throw new AppError('key.not_found', { key_id })
  await audit(tx, [{ action: 'key.revoked', noun: 'api_keys', noun_id: key_id, before: { name: revoked.name } }])
}
