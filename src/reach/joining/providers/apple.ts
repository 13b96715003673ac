/** Apple has no secret to copy: it wants a token that we sign with the key downloaded from it (ES256). */
import { importPKCS8, SignJWT } from 'jose'
import { AppError } from '../../../base/errors.ts'
import type { Provider } from '../types.ts'

/** Apple takes at most six months; ours is made anew with each discovery. */
const alive_seconds = 86_400

/** Throws `provider.incomplete` for a key that is none. */
export async function appleSecret({ settings, secrets, client_id }: Provider, now: Date): Promise<string> {
  const at = Math.floor(now.getTime() / 1000)
  try {
    const key = await importPKCS8(secrets['private_key'] ?? '', 'ES256')
    return await new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', kid: settings['key_id'] ?? '' })
      .setIssuer(settings['team_id'] ?? '')
      .setSubject(client_id)
      .setAudience('https://appleid.apple.com')
      .setIssuedAt(at)
      .setExpirationTime(at + alive_seconds)
      .sign(key)
  } catch {
    throw new AppError('provider.incomplete', { missing: 'private_key' })
  }
}
