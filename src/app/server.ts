/** The server: route tables, API document, pages. `serve` listens; tests call it in-process. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import type { Db } from '../base/db.ts'
import { openHttp } from '../base/http.ts'
import type { Log } from '../base/log.ts'
import type { Principal, RouteTable } from '../base/routes.ts'
import * as members from '../record/members/members.ts'
import * as staff from '../record/staff/staff.ts'
import { tables } from './api.ts'
import { guards } from './guards.ts'
import { sendPage, servePages, wantsPage } from './pages.ts'
import { version } from './version.ts'

export interface ServerOptions {
  db: Db
  log: Log
  base_url?: string | null
  /** The built console (dist/web/console), the counter and the portal beside it; without it only the API answers. */
  pages?: string | null
  check_answers?: boolean
  open_per_minute_max?: number
}

/** Builds the whole server on a database. The caller listens or injects, and closes. */
export async function openServer(options: ServerOptions): Promise<FastifyInstance> {
  const pages = options.pages && existsSync(path.join(options.pages, 'index.html')) ? options.pages : null
  const server = await openHttp({
    db: options.db,
    tables: tables as readonly RouteTable[],
    guards,
    log: options.log,
    authenticate: (request) =>
      // a member's session is nothing to staff, and the other way round
      request.routeOptions.url?.startsWith('/v1/portal/')
        ? memberPrincipal(options.db, request.cookies['regulars_member'])
        : staff.authenticate(options.db, {
            cookie: request.cookies['regulars_session'],
            // phones prove a pass by a scheme of their own (passes/routes.ts)
            authorization: isWallet(request) ? undefined : request.headers.authorization,
          }),
    ...(options.base_url ? { base_url: options.base_url } : {}),
    ...(options.check_answers ? { check_answers: true } : {}),
    ...(options.open_per_minute_max ? { open_per_minute_max: options.open_per_minute_max } : {}),
    prepare: describe,
    not_found: async (request, reply) => {
      if (!pages || !wantsPage(request)) return false
      await sendPage(options.db, request, reply, pages)
      return true
    },
  })
  if (pages) await servePages(server, pages)
  return server
}

const isWallet = ({ routeOptions }: { routeOptions: { url?: string | undefined } }) =>
  routeOptions.url?.startsWith('/v1/open/wallets/') ?? false

/** Members may do one thing: act for themselves. */
async function memberPrincipal(db: Db, token: string | undefined): Promise<Principal | null> {
  const found = await members.memberBySession(db, token, db.now())
  if (!found) return null
  const actor = { kind: 'member' as const, id: found.member_id, name: 'portal' }
  return { actor, permissions: new Set(['member']), locale: found.locale ?? 'en' }
}

/** OpenAPI 3.1 from the same schemas that check the calls, and a page to read it. */
async function describe(server: FastifyInstance): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Regulars',
        version,
        description: 'Membership marketing: members, orders, points, campaigns.',
        license: { name: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          api_key: { type: 'http', scheme: 'bearer', description: 'An API key with scopes' },
          session: { type: 'apiKey', in: 'cookie', name: 'regulars_session' },
        },
      },
    },
    transform: ({ schema, url, route }) => {
      const config = (route.config ?? {}) as { name?: string; permission?: string; or_permission?: string }
      const words = [config.permission, config.or_permission].filter((word) => word !== undefined)
      const noun = url.split('/')[3] ?? 'system'
      return {
        url,
        schema: {
          ...schema,
          operationId: config.name,
          tags: [noun],
          description: config.permission === 'open' ? 'No sign-in.' : `Permission: \`${words.join('` or `')}\`.`,
          security: config.permission === 'open' ? [] : [{ api_key: [] }, { session: [] }],
        } as typeof schema,
      }
    },
  })
  await server.register(swaggerUi, { routePrefix: '/docs', uiConfig: { docExpansion: 'none', deepLinking: true } })
  server.get('/openapi.json', { schema: { hide: true } as object }, () => server.swagger())
}
