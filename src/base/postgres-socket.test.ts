import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openFolder, readState } from './postgres-folder.ts'
import { openPostgres, type OpenPostgres } from './postgres.ts'

let data: string
let opened: OpenPostgres | undefined

beforeEach(() => {
  const place = dirname(process.env.REGULARS_TEST_DATA ?? join(tmpdir(), 'x'))
  data = mkdtempSync(join(place, `regulars-test-${process.pid}-`))
  chmodSync(data, 0o755)
})
afterEach(async () => {
  await opened?.leave()
  opened = undefined
  rmSync(data, { recursive: true, force: true, maxRetries: 5 })
})

async function open(folder = data): Promise<string> {
  opened = await openPostgres({ data: folder, command: 'test', durable: false })
  return opened.url
}

async function leave(): Promise<void> {
  await opened?.leave()
  opened = undefined
}

/** Does a connection come by the socket? Its server has no address of the network. */
async function comesBySocket(url: string): Promise<boolean> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query<{ by: boolean }>('select inet_server_addr() is null as by')).rows[0]!.by
  } finally {
    await client.end()
  }
}

const hostOf = (url: string) => new URL(url).searchParams.get('host')

it('the database of a folder is reached by a socket in it, with the password only; the network stays open', async () => {
  const url = await open()
  expect(hostOf(url)).toBe(join(realpathSync(data), 'postgres'))
  expect(await comesBySocket(url)).toBe(true)
  const { port, password } = readState(openFolder(data))!
  expect(statSync(join(data, 'postgres', `.s.PGSQL.${port}`)).mode & 0o777).toBe(0o700)
  await expect(comesBySocket(url.replace(password, 'guess'))).rejects.toMatchObject({ code: '28P01' })
  const byNetwork = new URL(url)
  byNetwork.searchParams.delete('host')
  expect(await comesBySocket(byNetwork.href)).toBe(false)
})

it('a folder too deep for the path of a socket is reached by the network', async () => {
  const url = await open(join(data, '很深的資料夾'.repeat(6)))
  expect(hostOf(url)).toBeNull()
  expect(await comesBySocket(url)).toBe(false)
})

it('a cluster that let in by the network alone lets in by its socket at the next start', async () => {
  await open()
  await leave()
  const file = join(data, 'postgres', 'pg_hba.conf')
  writeFileSync(file, 'host all all 127.0.0.1/32 scram-sha-256\n')
  expect(await comesBySocket(await open())).toBe(true)
  expect(readFileSync(file, 'utf8')).toContain('local all all scram-sha-256')
})

it('the socket of a dead server, whose number a stranger has by now, holds nobody up', async () => {
  await open()
  await leave()
  const { port } = readState(openFolder(data))!
  const socket = join(data, 'postgres', `.s.PGSQL.${port}`)
  writeFileSync(socket, '')
  writeFileSync(`${socket}.lock`, `${process.ppid}\n${data}/postgres\n1\n${port}\n\n`)
  expect(await comesBySocket(await open())).toBe(true)
})
