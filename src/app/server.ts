/** The server: route tables, API document, pages. `serve` listens; tests call it in-process. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import fastifyStatic from '@fastify/static'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Db } from '../base/db.ts'
import { openHttp } from '../base/http.ts'
import type { Log } from '../base/log.ts'
import type { RouteTable } from '../base/routes.ts'
import * as staff from '../record/staff/staff.ts'
import { tables } from './api.ts'
import { version } from './version.ts'

export interface ServerOptions {
  db: Db
  log: Log
  base_url?: string | null
  /** The built console (dist/web/console); without it only the API answers. */
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
    log: options.log,
    authenticate: (request) =>
      staff.authenticate(options.db, {
        cookie: request.cookies['regulars_session'],
        authorization: request.headers.authorization,
      }),
    ...(options.base_url ? { base_url: options.base_url } : {}),
    ...(options.check_answers ? { check_answers: true } : {}),
    ...(options.open_per_minute_max ? { open_per_minute_max: options.open_per_minute_max } : {}),
    prepare: describe,
    not_found: async (request, reply) => {
      if (!pages || !wantsPage(request)) return false
      await reply.sendFile('index.html')
      return true
    },
  })
  if (pages) await servePages(server, pages)
  return server
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
      const config = (route.config ?? {}) as { name?: string; permission?: string }
      const noun = url.split('/')[3] ?? 'system'
      return {
        url,
        schema: {
          ...schema,
          operationId: config.name,
          tags: [noun],
          description: config.permission === 'open' ? 'No sign-in.' : `Permission: \`${config.permission}\`.`,
          security: config.permission === 'open' ? [] : [{ api_key: [] }, { session: [] }],
        } as typeof schema,
      }
    },
  })
  await server.register(swaggerUi, { routePrefix: '/docs', uiConfig: { docExpansion: 'none', deepLinking: true } })
  server.get('/openapi.json', { schema: { hide: true } as object }, () => server.swagger())
}

/** The console at `/`: its files by name, and its page for every address that is no file and no API. */
async function servePages(server: FastifyInstance, folder: string): Promise<void> {
  await server.register(fastifyStatic, {
    root: folder,
    prefix: '/',
    // files under assets/ carry a hash in their name: they never change
    setHeaders: (reply, file) => {
      const hashed = file.includes(`${path.sep}assets${path.sep}`)
      void reply.setHeader('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
}

/** An address that is neither a file nor the API is one of the console's pages. */
function wantsPage(request: FastifyRequest): boolean {
  const address = request.url.split('?')[0]!
  return request.method === 'GET' && !/^\/(v1|l|docs)\//.test(address) && path.extname(address) === ''
}
