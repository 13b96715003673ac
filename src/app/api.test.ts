import { afterAll, describe, expect, test } from 'vitest'
import type { AnyRoute } from '../base/routes.ts'
import { permissions } from '../record/staff/staff.ts'
import { openWorld } from '../../test/world.ts'
import { tables } from './api.ts'

const world = await openWorld({ empty: true })
afterAll(() => world.close())

const routes = tables.flatMap((table) => Object.entries(table)) as unknown as [string, AnyRoute][]

describe('the route tables', () => {
  test('name each route once', () => {
    const names = routes.map(([name]) => name)
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
  })

  test('ask only for permissions that some role has', () => {
    const known = new Set<string>([...permissions, 'open', 'signed_in', 'member'])
    expect(
      routes
        .flatMap(([name, { permission, or_permission = permission }]) => [
          [name, permission] as const,
          [name, or_permission] as const,
        ])
        .filter(([, word]) => !known.has(word)),
    ).toEqual([])
  })

  test('let nobody in without a sign-in, except where they say so', async () => {
    const closed = routes.filter(([, route]) => route.permission !== 'open')
    for (const [name] of closed) {
      const response = await world.nobody.inject(name as 'GET /v1/admin/staff', {
        params: { staff_id: 'x' } as never,
      })
      expect([name, response.statusCode]).toEqual([name, 401])
    }
  })

  test('keep open routes under /v1/open, /l, /brand, or the house’s own', () => {
    const open = routes.filter(([, route]) => route.permission === 'open').map(([name]) => name.split(' ')[1]!)
    expect(open.filter((url) => !/^\/(v1\/open\/|l\/|brand\/|healthz$|metrics$)/.test(url))).toEqual([])
  })

  test('check every body that they read', () => {
    const unchecked = routes.filter(
      ([name, route]) =>
        /^(POST|PUT|PATCH)/.test(name) && route.body && !('type' in route.body || 'anyOf' in route.body),
    )
    expect(unchecked.map(([name]) => name)).toEqual([])
  })
})

describe('a session', () => {
  test('tells who is signed in to which program with which permissions', async () => {
    const session = await world.as('clerk').call('GET /v1/admin/session')
    expect(session).toMatchObject({
      staff: { name: '小芳', role: 'clerk', locale: 'zh-TW' },
      program: {
        name: '悟松茶 Wusong Tea',
        currency: 'TWD',
        currency_decimals: 0,
        time_zone: 'Asia/Taipei',
        default_language: 'zh-TW',
      },
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    })
    expect(session.permissions).toContain('members:write')
    expect(session.permissions).not.toContain('staff:read')
  })

  test('another site’s form cannot use it', async () => {
    const response = await world
      .as('owner')
      .inject('PATCH /v1/admin/program', { body: { name: 'Stolen' }, headers: { origin: 'https://evil.example' } })
    expect([response.statusCode, response.json().code]).toEqual([403, 'session.foreign_origin'])
  })
})

describe('program settings', () => {
  const owner = world.as('owner')

  test('are changed by the owner and audited', async () => {
    const changed = await owner.call('PATCH /v1/admin/program', { body: { settings: { attribution_days: 7 } } })
    expect(changed.settings).toMatchObject({ attribution_days: 7, rhythm: { drowsy: 1.5, asleep: 3, lost: 6 } })
    const { data } = await owner.call('GET /v1/admin/audit', { query: { noun: 'program' } })
    expect(data[0]).toMatchObject({
      action: 'program.updated',
      before: { settings: { attribution_days: 14 } },
      after: { settings: { attribution_days: 7 } },
    })
    await expect(world.as('marketer').call('PATCH /v1/admin/program', { body: {} })).rejects.toMatchObject({
      status: 403,
    })
  })

  test('are refused where the shape is wrong, each broken place named', async () => {
    const body = { settings: { attribution_days: 0, rhythm: { drowsy: 'x' } }, languages: [], colour: 'red' } as never
    const refused = await owner
      .call('PATCH /v1/admin/program', { body })
      .catch((error: { status: number; errors: { pointer: string }[] }) => error)
    expect(refused).toMatchObject({ status: 400, code: 'request.invalid' })
    const places = (refused as { errors: { pointer: string }[] }).errors.map((error) => error.pointer)
    expect(places).toEqual(expect.arrayContaining(['/settings/attribution_days', '/languages', '/colour']))
  })
})
