/** A real OpenID provider on this machine, and a browser that says yes to everything. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'

export interface OpenId {
  issuer: string
  client_id: string
  client_secret: string
  /** Who signs in from now on. */
  as(person: { sub: string; email?: string; email_verified?: boolean; name?: string }): void
  /** Follows the address to the provider and back; answers what it adds to the address we are sent back to. */
  walk(url: string): Promise<Record<string, string>>
  close(): Promise<void>
}

/** Opens a provider that sends people back to these addresses. */
export async function openId(redirect_uris: string[]): Promise<OpenId> {
  let person: Record<string, unknown> = { sub: 'nobody' }
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const [client_id, client_secret] = ['regulars', 'a-secret-for-tests-only']
  const provider = new Provider(issuer, {
    clients: [
      { client_id, client_secret, redirect_uris, application_type: 'native' },
      // as LINE does: signed with the client's secret, which travels in the body
      {
        ...{ client_id: `${client_id}-line`, client_secret: `${client_secret}-long-enough`, redirect_uris },
        application_type: 'native',
        id_token_signed_response_alg: 'HS256',
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'HS256'] },
    cookies: { keys: ['a-key-for-tests-only'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_context: unknown, sub: string) => ({ accountId: sub, claims: () => ({ ...person, sub }) }),
  })
  const answer = provider.callback()
  server.on('request', (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return answer(request, response)
    const agree = async () => {
      const { prompt, params } = await provider.interactionDetails(request, response)
      if (prompt.name === 'login') {
        const login = { login: { accountId: String(person['sub']) } }
        return provider.interactionFinished(request, response, login, { mergeWithLastSubmission: false })
      }
      const clientId = String(params['client_id'])
      const grant = new provider.Grant({ accountId: String(person['sub']), clientId })
      grant.addOIDCScope('openid email profile')
      const consent = { consent: { grantId: await grant.save() } }
      return provider.interactionFinished(request, response, consent, { mergeWithLastSubmission: true })
    }
    agree().catch((error: Error) => response.writeHead(500).end(error.message))
  })
  return {
    issuer,
    client_id,
    client_secret,
    as: (wanted) => void (person = wanted),
    walk: (url) => walk(url, redirect_uris),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

/** Redirects that a provider may need for a login and a consent; more is a circle. */
const redirects_max = 12

async function walk(url: string, home: readonly string[]): Promise<Record<string, string>> {
  const cookies = new Map<string, string>()
  let next = url
  for (let i = 0; i < redirects_max; i += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(next, { redirect: 'manual', headers: { cookie } })
    for (const line of response.headers.getSetCookie()) {
      const [name, value] = line.split(';')[0]!.split('=') as [string, string]
      if (value) cookies.set(name, value)
      else cookies.delete(name)
    }
    const location = response.headers.get('location')
    if (!location) throw new Error(`the provider stopped: ${response.status} ${await response.text()}`)
    next = new URL(location, next).href
    if (home.some((one) => next.startsWith(`${one}?`))) return Object.fromEntries(new URL(next).searchParams)
  }
  throw new Error('the provider leads in a circle')
}
