/** Members at the portal's doors, for tests: phones with cookies, codes as letters tell them. */
import { expect } from 'vitest'
import { jobsFor } from '../src/app/jobs.ts'
import { createLog } from '../src/base/log.ts'
import * as members from '../src/record/members/members.ts'
import { Refused, type Caller, type World } from './world.ts'

/** A phone with its cookies. */
export interface Phone extends Caller {
  cookies: Map<string, string>
}

/** Phones and letters of one world. */
export function phonesOf(world: World) {
  const phone = (ip = '203.0.113.7'): Phone => openPhone(world, ip)

  /** Runs a job of the portal now. */
  async function run(job: string, payload: Record<string, unknown>): Promise<void> {
    const actor = { kind: 'system', id: null, name: 'test' } as const
    const rest = { signal: new AbortController().signal, log: createLog({ level: 'error' }) }
    await jobsFor(() => '')[job]!(payload, { db: world.db, actor, now: world.now(), ...rest })
  }

  /** The code of a request, as the letter tells it. */
  async function codeIn(code_id: string, language = 'en'): Promise<string> {
    await run('portal.send_code', { code_id, language })
    const { data } = await world.as('owner').call('GET /v1/admin/portal/letters')
    return /\d{3} \d{3}/.exec(data.find((one) => one.code_id === code_id)!.body)![0]
  }

  async function addressOf(member_id: string): Promise<{ phone: string } | { email: string }> {
    const { phone: number, email } = await members.memberOf(world.db, member_id)
    return email ? { email } : { phone: number! }
  }

  /** Signs a member in, an hour later: every window of an hour gives a number five codes. */
  async function signedIn(member_id: string): Promise<Phone> {
    world.at(new Date(world.now().getTime() + 3_600_000))
    const theirs = phone()
    const { code_id } = await theirs.call('POST /v1/open/portal/codes', { body: await addressOf(member_id) })
    const body = { code_id, code: await codeIn(code_id) }
    expect(await theirs.call('POST /v1/open/portal/sessions', { body })).toEqual({ outcome: 'signed_in' })
    return theirs
  }

  return { phone, run, codeIn, addressOf, signedIn }
}

function openPhone(world: World, ip: string): Phone {
  const cookies = new Map<string, string>()
  const headers = (): Record<string, string> => ({
    'x-forwarded-for': ip,
    ...(cookies.size > 0 ? { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') } : {}),
  })
  const inject: Caller['inject'] = async (name, input) => {
    const answer = await world.nobody.inject(name, {
      ...input,
      headers: { ...headers(), ...input?.headers },
    } as never)
    for (const { name: cookie, value } of answer.cookies as { name: string; value: string }[])
      if (value) cookies.set(cookie, value)
      else cookies.delete(cookie)
    return answer
  }
  const call: Caller['call'] = async (name, input) => {
    const answer = await inject(name, input)
    const body = answer.json() as { code: string; params: Record<string, unknown>; errors: [] }
    if (answer.statusCode >= 400) throw new Refused(name, answer.statusCode, body)
    return body as never
  }
  return { cookies, inject, call }
}

/** How a call is refused, as `422 member_code.refused`. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (thrown) {
    if (thrown instanceof Refused) return `${thrown.status} ${thrown.code}`
    throw thrown
  }
  return 'not refused'
}
