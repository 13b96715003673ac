/**
 * Google Wallet's REST service: loyalty objects are written with the access token of a service account (RFC 7523). An
 * object that nobody has saved yet is not there: 404 is no failure.
 */
import { createPrivateKey } from 'node:crypto'
import { SignJWT } from 'jose'
import { clock } from '../base/time.ts'

export interface GoogleCredentials {
  issuer_id: string
  service_email: string
  key: string
}

export interface GoogleOptions {
  token_url?: string
  objects_url?: string
}

const tokenUrl = 'https://oauth2.googleapis.com/token'
const objectsUrl = 'https://walletobjects.googleapis.com/walletobjects/v1/loyaltyObject'
const scope = 'https://www.googleapis.com/auth/wallet_object.issuer'
const silenceMs = 20_000
/** Google allows 20 calls a second of one issuer. */
const open_max = 10

/** Writes objects. Throws when the service cannot be reached or refuses us. */
export function googleWallet({ token_url = tokenUrl, objects_url = objectsUrl }: GoogleOptions = {}) {
  return async (given: GoogleCredentials, objects: readonly Record<string, unknown>[]): Promise<void> => {
    const token = await accessToken(given, token_url)
    const waiting = [...objects]
    const lane = async () => {
      for (let object = waiting.pop(); object !== undefined; object = waiting.pop())
        await patch(`${objects_url}/${encodeURIComponent(String(object['id']))}`, token, object)
    }
    await Promise.all(Array.from({ length: Math.min(open_max, objects.length) }, lane))
  }
}

async function accessToken({ service_email, key }: GoogleCredentials, url: string): Promise<string> {
  const assertion = await new SignJWT({ scope })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
    .setIssuer(service_email)
    .setAudience(tokenUrl)
    .setIssuedAt(Math.floor(clock().getTime() / 1000))
    .setExpirationTime(Math.floor(clock().getTime() / 1000) + 3600)
    .sign(createPrivateKey(key))
  const answer = await fetch(url, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }),
    signal: AbortSignal.timeout(silenceMs),
  })
  if (!answer.ok) throw new Error(`Google gave no access: ${answer.status}`)
  return ((await answer.json()) as { access_token: string }).access_token
}

async function patch(url: string, token: string, object: Record<string, unknown>): Promise<void> {
  const answer = await fetch(url, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(object),
    signal: AbortSignal.timeout(silenceMs),
  })
  await answer.arrayBuffer()
  if (!answer.ok && answer.status !== 404) throw new Error(`Google Wallet answered ${answer.status}`)
}
