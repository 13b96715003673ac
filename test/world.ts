/**
 * The named cast: a small brand, 悟松茶 Wusong Tea, on a database of its own, with the real server around it. Time stands
 * still until the test moves it. `as('clerk').call('POST /v1/…', {…})` goes through the same doors as everybody else.
 */
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import { afterEach } from 'vitest'
import type { Actor } from '../src/base/actor.ts'
import { openDb, type Db, type Tx } from '../src/base/db.ts'
import type { AppError, ErrorDetail } from '../src/base/errors.ts'
import { createLog } from '../src/base/log.ts'
import { sql } from '../src/base/sql.ts'
import { addMs, clock, dayMs } from '../src/base/time.ts'
import type { Api } from '../src/app/api.ts'
import { found } from '../src/app/found.ts'
import { bound } from '../src/app/hearers.ts'
import { openServer } from '../src/app/server.ts'
import * as members from '../src/record/members/members.ts'
import * as staff from '../src/record/staff/staff.ts'
import type { Role } from '../src/record/staff/types.ts'
import * as stores from '../src/record/stores/stores.ts'
import { createTestDatabase } from './database.ts'

/** A Monday morning in Taipei: where every story begins unless it says otherwise. */
export const monday = new Date('2026-11-02T10:00:00+08:00')
/** The cast joined so long before. */
const knownForDays = 400

const actor: Actor = { kind: 'system', id: null, name: 'world' }

/** What a refused call rejects with: the problem that the server answered. */
export class Refused extends Error {
  readonly status: number
  readonly code: string
  readonly params: Record<string, unknown>
  readonly errors: ErrorDetail[]

  constructor(call: string, status: number, problem: Pick<AppError, 'code' | 'params' | 'errors'>) {
    super([call, status, problem.code, JSON.stringify(problem.params), JSON.stringify(problem.errors)].join(' '))
    this.status = status
    this.code = problem.code
    this.params = problem.params
    this.errors = problem.errors
  }
}

/** A route without such a part has the type of an empty record, which would forbid `dry_run` too. */
type Part<T> = string extends keyof T ? unknown : T
/** What a call is given. */
export interface CallInput<Name extends keyof Api> {
  params?: Part<Api[Name]['params']>
  query?: Part<Partial<Api[Name]['query']>> & { dry_run?: 'true' }
  body?: Api[Name]['body']
  headers?: Record<string, string>
}

/** Somebody at the door. */
export interface Caller {
  call<Name extends keyof Api & string>(name: Name, input?: CallInput<Name>): Promise<Api[Name]['answer']>
  /** The raw answer, whatever its status: for headers, cookies, downloads. */
  inject<Name extends keyof Api & string>(name: Name, input?: CallInput<Name>): Promise<LightMyRequestResponse>
}

export interface World {
  url: string
  db: Db
  /** The people every story knows, by name. */
  cast: Record<'wang' | 'mary' | 'chen' | 'ouyang' | 'guest', string>
  /** Store ids by code: XINYI, DAAN, WEB. */
  stores: Map<string, string>
  now(): Date
  /** Time moves only here. */
  at(instant: Date | string): void
  /** Days forward from now. */
  later(days: number): void
  tx<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  as(role: Role): Caller
  /** With an API key that has these permissions. */
  withKey(scopes: string[]): Promise<Caller>
  /** Nobody is signed in. */
  nobody: Caller
  close(): Promise<void>
}

export interface WorldOptions {
  now?: Date
  /** No cast: the program, its stores and staff alone. */
  empty?: boolean
}

/** Opens a world; the file that opens one closes it in `afterAll`. After each test no transaction may be open. */
export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const database = await createTestDatabase()
  let now = options.now ?? monday
  const db = standing(openDb(database.url, { bound }), () => now)
  const log = createLog({ level: 'error' })
  const server = await openServer({ db, log, check_answers: true, open_per_minute_max: 10_000 })
  const tx = <T>(work: (tx: Tx) => Promise<T>) => db.tx({ actor }, work)
  const storeIds = await tx(build)
  const sessions = await signEverybodyIn(db)
  const caller = (headers: Record<string, string>): Caller => {
    const inject: Caller['inject'] = (name, input) =>
      server.inject(requestOf(name, (input ?? {}) as AnyInput, headers))
    return { inject, call: async (name, input) => answerOf(name, await inject(name, input)) as never }
  }
  // members had joined long before the story begins
  const past = { actor, now: addMs(now, -knownForDays * dayMs) }
  const cast = options.empty ? noCast : await db.tx(past, (open) => invite(open, storeIds))
  afterEach(() => noneOpen(db))
  return {
    url: database.url,
    db,
    cast,
    stores: storeIds,
    now: () => now,
    at: (instant) => void (now = new Date(instant)),
    later: (days) => void (now = addMs(now, days * dayMs)),
    tx,
    as: (role) => caller({ cookie: `regulars_session=${sessions.get(role)}` }),
    async withKey(scopes) {
      const { token } = await tx((open) => staff.createKey(open, { name: 'test', scopes, may: new Set(['*']) }))
      return caller({ authorization: `Bearer ${token}` })
    },
    nobody: caller({}),
    async close() {
      await server.close()
      await db.close()
      await database.drop()
    },
  }
}

/** The same database with a clock that the test holds. */
function standing(db: Db, now: () => Date): Db {
  return { ...db, now, tx: (given, work) => db.tx({ now: now(), ...given }, work) }
}

async function build(tx: Tx): Promise<Map<string, string>> {
  // what clerks do in most stories is not about codes; those that are say so
  await tx.run(sql`insert into till_rules (rules) values ('{"spending_needs_code": false}')`)
  await found(tx, {
    name: '悟松茶 Wusong Tea',
    currency: 'TWD',
    time_zone: 'Asia/Taipei',
    languages: ['zh-TW', 'en', 'zh-CN'],
    default_country: 'TW',
  })
  const shops = await stores.resolve(tx, ['XINYI', 'DAAN'])
  const web = await stores.resolve(tx, ['WEB'], { kind: 'web' })
  await stores.rename(tx, [
    { code: 'XINYI', name: '信義店' },
    { code: 'DAAN', name: '大安店' },
    { code: 'WEB', name: '網路商店' },
  ])
  const people: { name: string; role: Role }[] = [
    { name: '林店長', role: 'marketer' },
    { name: 'Ana', role: 'analyst' },
    { name: '吳店長', role: 'manager' },
    { name: '小芳', role: 'clerk' },
    { name: 'Dev', role: 'developer' },
  ]
  for (const person of people) {
    await staff.create(tx, { ...person, email: `${person.role}@wusong.example`, locale: 'zh-TW' })
  }
  return new Map([...shops, ...web])
}

/** Sessions are real: each comes from a one-time link. They live in the wall clock's time, whatever the story's. */
async function signEverybodyIn(db: Db): Promise<Map<string, string>> {
  const sessions = new Map<string, string>()
  const people = await db.rows<{ staff_id: string; role: string }>(sql`select staff_id, role from staff`)
  for (const { staff_id, role } of people) {
    const session = await db.tx({ actor, now: clock() }, async (tx) => {
      const link = await staff.newSignInLink(tx, staff_id)
      return staff.signInByLink(tx, link!.token)
    })
    sessions.set(role, session.token)
  }
  return sessions
}

const noCast: World['cast'] = { wang: '', mary: '', chen: '', ouyang: '', guest: '' }

async function invite(tx: Tx, storeIds: Map<string, string>): Promise<World['cast']> {
  const consents = [
    { channel: 'email', purpose: 'marketing', status: 'granted' as const, at: tx.now, method: 'form' },
  ]
  const home_store_id = storeIds.get('XINYI')!
  const outcomes = await members.upsert(
    tx,
    [
      {
        external_id: 'M1',
        display_name: '王小明',
        phone: '0912345678',
        email: 'wang@example.com',
        birth_date: '1990-05-01',
        home_store_id,
        consents,
      },
      {
        external_id: 'M2',
        first_name: 'Mary',
        last_name: 'Smith',
        email: 'mary.smith@example.com',
        phone: '+447911123456',
        consents,
      },
      { external_id: 'M3', display_name: '陳美麗', phone: '0922333444', home_store_id },
      {
        external_id: 'M4',
        display_name: '歐陽菲菲',
        phone: '0933555666',
        email: 'oyff@example.com',
        locale: 'zh-TW',
        tags: ['vip'],
        consents,
      },
      { display_name: '路人甲', email: 'guest@example.com', kind: 'guest' },
    ],
    { source: 'wusong' },
  )
  const [wang, mary, chen, ouyang, guest] = outcomes.map((outcome) => outcome.member_id!)
  return { wang: wang!, mary: mary!, chen: chen!, ouyang: ouyang!, guest: guest! }
}

/** What `CallInput` is, whatever the route. */
interface AnyInput {
  params?: Record<string, string>
  query?: Record<string, unknown>
  body?: object
  headers?: Record<string, string>
}

function requestOf(
  name: string,
  { params, query, body, headers: own }: AnyInput,
  headers: Record<string, string>,
): InjectOptions {
  const [method, path] = name.split(' ') as ['GET', string]
  const url = path.replace(/:(\w+)/g, (_whole, key: string) => encodeURIComponent(params?.[key] ?? ''))
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null)
  return {
    method,
    url,
    query: Object.fromEntries(given.map(([key, value]) => [key, String(value)])),
    headers: { ...headers, ...own },
    ...(body === undefined ? {} : { payload: body }),
  }
}

function answerOf(name: string, response: LightMyRequestResponse): unknown {
  const isJson = String(response.headers['content-type'] ?? '').includes('json')
  const answer: unknown = isJson ? response.json() : response.body
  if (response.statusCode >= 400) throw new Refused(name, response.statusCode, answer as never)
  return response.statusCode === 204 ? null : answer
}

/** A transaction left open would hold its locks into the next test. */
async function noneOpen(db: Db): Promise<void> {
  const { rows } = await db.pool.query<{ query: string }>(`
    select query from pg_stat_activity
    where datname = current_database() and state like 'idle in transaction%' and pid <> pg_backend_pid()`)
  if (rows[0]) throw new Error(`a transaction was left open after: ${rows[0].query}`)
}
