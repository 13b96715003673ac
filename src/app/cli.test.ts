import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { openBringing, type Bringing } from '../../test/bringing.ts'
import { sql } from '../base/sql.ts'
import { emptyMapping } from '../value/imports/mapping/mapping.ts'
import { keepAddress } from './address.ts'
import { main } from './cli.ts'
import { webState } from '../../web/build/build-web.ts'

let shop: Bringing
let folder: string
let said = ''
let answered = ''

beforeAll(async () => {
  shop = await openBringing()
  folder = mkdtempSync(path.join(tmpdir(), 'regulars-cli-'))
  vi.stubEnv('DATABASE_URL', shop.url)
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((said += String(text))))
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((answered += String(text))))
})
beforeEach(() => {
  said = ''
  answered = ''
  process.exitCode = undefined
})
afterAll(async () => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  process.exitCode = undefined
  rmSync(folder, { recursive: true, force: true })
  await shop.close()
})

const goodOrders = 'order id,date,total\nA1,2024-05-01,100\n'

function file(name: string, content: string | Uint8Array): string {
  const place = path.join(folder, name)
  writeFileSync(place, content)
  return place
}

it('says of a refusal which places are broken, and by what', async () => {
  await main(['import', 'orders', file('two.csv', 'Receipt,Colour\nA1,red\nA2,blue\n')])
  expect(process.exitCode).toBe(1)
  expect(said).toContain('/columns: import.field_required: fields ["occurred_at"]')
  expect(await shop.db.rows(sql`select from imports`)).toEqual([])
})

it('keeps nothing of a dry run, one that broke off included', async () => {
  await main(['import', 'orders', file('good.csv', goodOrders), '--dry-run'])
  expect(process.exitCode).toBeUndefined()
  await main(['import', 'orders', file('quote.csv', `${goodOrders}A2,2024-05-01,"100\n`), '--dry-run'])
  expect(process.exitCode).toBe(1)
  expect(said).toContain('import.quote_unclosed: row 3')
  expect(await shop.db.rows(sql`select from imports`)).toEqual([])
})

it('shows three rows of each encoding that may be meant, short and without control characters', async () => {
  const row = (i: number) => `A${i},2024-05-01,caf\u00e9 \x1b[2J\x07${'x'.repeat(500)},100\n`
  const rows = Array.from({ length: 30 }, (_, i) => row(i)).join('')
  // UTF-8 but for one torn character: a question
  const content = Buffer.concat([Buffer.from(`id,date,name,total\n${rows}`), Buffer.from([0x41, 0xe5, 0x0a])])
  await main(['import', 'orders', file('torn.csv', content)])
  expect(process.exitCode).toBe(1)
  const shown = said.split('\n').filter((line) => line.startsWith('--encoding '))
  expect(shown).not.toEqual([])
  for (const line of shown) {
    expect(line.length).toBeLessThan(500)
    expect(line.split(' / ').length).toBeLessThanOrEqual(3)
    expect([...line].filter((letter) => letter < ' ' || letter === '\x7f')).toEqual([])
  }
})

it.each(['--dryrun', '-n', '--dry_run=1'])('does nothing at all on a flag it does not know: %s', async (flag) => {
  await main(['import', 'orders', file('good.csv', goodOrders), flag])
  expect(process.exitCode).toBe(2)
  expect(said).toContain(`command.flag_unknown: flag ${flag}`)
  expect(said).toContain('--dry-run')
  expect(await shop.db.rows(sql`select from imports`)).toEqual([])
})

it.each(['yesterday', '2024-02-30', '24-2-3'])('takes a day for --as-of, and no %s', async (day) => {
  await main(['import', 'members', file('people.csv', 'member id,points\nM1,100\n'), '--as-of', day])
  expect(process.exitCode).toBe(2)
  expect(said).toContain('command.flag_invalid: flag --as-of')
})

it.each(['abc', '65536', '-1', ''])('takes no "%s" for a port', async (port) => {
  await main(['serve', `--port=${port}`])
  expect(process.exitCode).toBe(2)
  expect(said).toContain('command.flag_invalid: flag --port')
})

it('builds the apps once, the counter and the portal with the console', async () => {
  await main(['build', '--json'])
  expect(process.exitCode).toBeUndefined()
  answered = ''
  await main(['build', '--json'])
  expect(answered).toBe('{"is_new":false}\n')
  expect(webState()).toBe('current')
}, 300_000)

it('refuses the mapping of members for a file of orders', async () => {
  const mapping = { ...emptyMapping('members'), columns: { external_id: 'order id' } }
  const orders = file('orders.csv', goodOrders)
  await main(['import', 'orders', orders, '--mapping', file('members.json', JSON.stringify(mapping))])
  expect(process.exitCode).toBe(1)
  expect(said).toContain('import.kind_mismatch: kind orders')
})

it('says that the database is away, without a stack', async () => {
  vi.stubEnv('DATABASE_URL', 'postgres://nobody:nothing@127.0.0.1:9/brand')
  await main(['report', 'summary'])
  vi.stubEnv('DATABASE_URL', shop.url)
  expect(process.exitCode).toBe(1)
  expect(said).toBe('database.unavailable: reason connect ECONNREFUSED 127.0.0.1:9\n')
})

it('signs in where the console was served last from this folder, unless another place is said', async () => {
  await shop.db.run(sql`insert into staff (staff_id, name, role, email, created_at)
    values (uuidv7(), 'Owner', 'owner', 'owner@tea.example', now())`)
  vi.stubEnv('REGULARS_DATA', folder)
  await main(['sign-in-link'])
  expect(answered).toMatch(/^http:\/\/127\.0\.0\.1:8080\/sign-in#token=[\w-]+\n$/)
  keepAddress(folder, 'http://localhost:8083')
  for (const [words, place] of [
    [[], 'http://localhost:8083'],
    [['--address', 'https://club.example/'], 'https://club.example'],
  ] as const) {
    answered = ''
    await main(['sign-in-link', ...words])
    expect(answered).toMatch(new RegExp(`^${place}/sign-in#token=[\\w-]+\\n$`))
  }
  keepAddress(path.join(folder, 'nowhere'), 'http://localhost:8083')
  expect(existsSync(path.join(folder, 'nowhere'))).toBe(false)
})

const onEmptyFolder = [
  ['report', 'summary'],
  ['verify'],
  ['migrate'],
  ['sign-in-link'],
  ['demo', 'advance'],
  ['serve'],
  ['work'],
]
it.each(onEmptyFolder)('makes no database in a data folder that has none: %s %s', async (...words) => {
  const mistyped = path.join(folder, 'mistyped')
  await main([...words.filter(Boolean), '--data', mistyped])
  expect(process.exitCode).toBe(1)
  expect(said).toContain(`postgres.folder_missing: folder ${mistyped}, command npx regulars init`)
  expect(existsSync(mistyped)).toBe(false)
})
