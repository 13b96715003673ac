/** OpenID Connect (Core 1.0, discovery, PKCE of RFC 7636): Google, LINE Login, Apple, and any issuer of one's own. */
import * as client from 'openid-client'
import { AppError } from '../../../base/errors.ts'
import type { Arrived, Preset, Provider } from '../types.ts'
import { answer_seconds_max, down, refused, setWrong, wrong, type Adapter } from './adapter.ts'
import { appleSecret } from './apple.ts'

interface Manner {
  issuer: string | null
  scopes: string
  /** Sent along when leaving. */
  extra: Record<string, string>
  metadata: Partial<client.ClientMetadata>
}

/** How each differs, by its own documents (July 2025). */
const manners: Record<Exclude<Preset, 'wechat'>, Manner> = {
  google: { issuer: 'https://accounts.google.com', scopes: 'openid email profile', extra: {}, metadata: {} },
  // LINE Login signs the ID tokens of web channels with the channel's secret
  line: {
    issuer: 'https://access.line.me',
    scopes: 'openid profile email',
    extra: {},
    metadata: { id_token_signed_response_alg: 'HS256' },
  },
  // Apple posts the answer as a form when it is asked for a name or an e-mail
  apple: {
    issuer: 'https://appleid.apple.com',
    scopes: 'openid name email',
    extra: { response_mode: 'form_post' },
    metadata: {},
  },
  oidc: { issuer: null, scopes: 'openid email profile', extra: {}, metadata: {} },
}

/** What discovery found, until the provider's settings change or an hour is over; Apple's secret lives as long. */
const kept = new Map<string, { mark: string; until: number; config: Promise<client.Configuration> }>()
const kept_ms = 3_600_000

function configOf(provider: Provider, now: Date): Promise<client.Configuration> {
  const mark = `${provider.client_id} ${provider.settings['issuer'] ?? ''} ${provider.updated_at.toISOString()}`
  const found = kept.get(provider.provider)
  if (found && found.mark === mark && found.until > now.getTime()) return found.config
  const config = discover(provider, now)
  kept.set(provider.provider, { mark, until: now.getTime() + kept_ms, config })
  // what failed is tried again by the next who comes
  config.catch(() => kept.delete(provider.provider))
  return config
}

async function discover(provider: Provider, now: Date): Promise<client.Configuration> {
  const manner = mannerOf(provider)
  const issuer = new URL(provider.settings['issuer'] ?? manner.issuer!)
  const secret =
    provider.preset === 'apple' ? await appleSecret(provider, now) : (provider.secrets['client_secret'] ?? '')
  const auth = provider.preset === 'oidc' ? client.ClientSecretBasic(secret) : client.ClientSecretPost(secret)
  // plain HTTP only on this machine: for trying things out
  const execute = ['127.0.0.1', 'localhost', '[::1]'].includes(issuer.hostname) ? [client.allowInsecureRequests] : []
  const metadata = { client_secret: secret, ...manner.metadata }
  const config = await client.discovery(issuer, provider.client_id, metadata, secret ? auth : client.None(), {
    execute,
    timeout: answer_seconds_max,
  })
  // the signature is checked even though the token came straight from the issuer
  if (provider.preset !== 'line') client.enableNonRepudiationChecks(config)
  return config
}

const mannerOf = ({ preset }: Provider) => manners[preset as Exclude<Preset, 'wechat'>]

export const oidc: Adapter = {
  needs: { settings: [], secrets: [] },
  async begin(provider, { redirect_uri, state, nonce, verifier }, now) {
    const manner = mannerOf(provider)
    return telling(async () => {
      const url = client.buildAuthorizationUrl(await configOf(provider, now), {
        ...manner.extra,
        redirect_uri,
        scope: provider.settings['scopes'] || manner.scopes,
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      })
      return url.href
    })
  },
  async finish(provider, { current_url, state, nonce, verifier }, now) {
    return telling(async () => {
      const config = await configOf(provider, now)
      const tokens = await client.authorizationCodeGrant(config, current_url, {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      })
      return arrivedFrom(tokens.claims()!, config, tokens.access_token)
    })
  },
}

/** Claims of the ID token; some issuers keep e-mail and name at the userinfo endpoint. */
async function arrivedFrom(
  claims: client.IDToken,
  config: client.Configuration,
  access_token: string,
): Promise<Arrived> {
  let said: Record<string, unknown> = claims
  if (!claims['email'] && config.serverMetadata().userinfo_endpoint) {
    // without it somebody still comes in: only the name is missing
    said = { ...(await client.fetchUserInfo(config, access_token, claims.sub).catch(() => ({}))), ...claims }
  }
  const { email, email_verified, name } = said
  // Apple writes it as text
  const isVerified = email_verified === true || email_verified === 'true'
  return {
    subject: claims.sub,
    email: isVerified && typeof email === 'string' ? email.toLowerCase() : null,
    name: typeof name === 'string' && name.trim() ? name.trim().slice(0, 200) : null,
  }
}

/** What a provider does wrong, in our words. */
async function telling<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown
    throw troubleOf(thrown)
  }
}

function troubleOf(thrown: unknown): AppError {
  const isOurs = thrown instanceof client.ResponseBodyError && /_client$/.test(thrown.error)
  if (isOurs || thrown instanceof client.WWWAuthenticateChallengeError) return setWrong()
  // the person said no, or the code was used before
  if (thrown instanceof client.AuthorizationResponseError || thrown instanceof client.ResponseBodyError)
    return refused()
  const { code, cause } = thrown as { code?: string; cause?: { status?: number } }
  const isSilent = thrown instanceof TypeError || code === 'OAUTH_TIMEOUT' || code === 'OAUTH_ABORT'
  if (isSilent || (code === 'OAUTH_RESPONSE_IS_NOT_CONFORM' && (cause?.status ?? 0) >= 500)) return down()
  return wrong()
}
