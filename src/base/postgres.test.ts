import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  accessSync,
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { size } from '../../test/database.ts'
import { canEnter, findBinaries, packagedBinaries, programPath } from './postgres-binaries.ts'
import { openFolder, processStart, readState, runningServer } from './postgres-folder.ts'
import { openPostgres, type OpenPostgres } from './postgres.ts'

// what only root can arrange (owners, closed folders) is tried where root runs the tests, and skipped elsewhere
const isRoot = process.getuid?.() === 0
const nobody = { name: 'nobody', uid: 65534, gid: 65534 }
const root = fileURLToPath(new URL('../../', import.meta.url))
const nobodyCanRunUs = isRoot && canEnter(root, nobody) && canEnter(dirname(process.execPath), nobody)

/** A folder that was opened and left once: most tests need not wait for another to be prepared. */
let used: string
let data: string
let children: ChildProcess[]
let opened: OpenPostgres[]

beforeAll(async () => {
  used = newFolder()
  await (await openPostgres({ data: used, command: 'test' })).leave()
})
afterAll(() => rmSync(used, { recursive: true, force: true }))
beforeEach(() => {
  data = newFolder()
  children = []
  opened = []
})
afterEach(async () => {
  for (const child of children) await end(child)
  await Promise.all(opened.map((each) => each.leave()))
  const left = existsSync(data) ? runningServer(openFolder(data)) : undefined
  if (left) await kill(left.pid, 'SIGQUIT')
  rmSync(data, { recursive: true, force: true, maxRetries: 5 })
})

/** A name of the shape that global-setup.ts sweeps, should this process be killed. */
function newFolder(): string {
  const place = dirname(process.env.REGULARS_TEST_DATA ?? join(tmpdir(), 'x'))
  const folder = mkdtempSync(join(place, `regulars-test-${process.pid}-`))
  chmodSync(folder, 0o755)
  return folder
}

/** Gives this test's folder what a used folder holds, as someone would who copies it by hand. */
function useFolder(): void {
  cpSync(used, data, { recursive: true })
}

async function open(options: { settings?: Record<string, string>; log?: (line: string) => void } = {}) {
  const postgres = await openPostgres({ data, command: 'test', ...options })
  opened.push(postgres)
  return postgres
}

async function query<T extends pg.QueryResultRow>(url: string, text: string): Promise<T[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query<T>(text)).rows
  } finally {
    await client.end()
  }
}

const program = `
import { openPostgres } from ${JSON.stringify(new URL('postgres.ts', import.meta.url).href)}
import pg from ${JSON.stringify(import.meta.resolve('pg'))}
const [data, rounds] = process.argv.slice(1)
const open = () => openPostgres({ data, command: 'child', log: (line) => console.log('log', line) })
for (let round = 0; round < Number(rounds); round++) {
  const postgres = await open()
  const client = new pg.Client(postgres.url)
  await client.connect()
  await client.query('create table if not exists rounds (id int)').catch(() => undefined)
  await client.query('insert into rounds values (1)')
  await client.end()
  await postgres.leave()
}
const postgres = await open()
console.log('ready', postgres.url)
process.stdin.once('data', async () => { await postgres.leave(); process.exit(0) })
`

/** Another process that opens the folder, after opening and leaving it some times. */
function start(options: { rounds?: number; as?: { uid: number; gid: number } } = {}): ChildProcess {
  const child = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', program, data, String(options.rounds ?? 0)],
    { stdio: 'pipe', cwd: '/', ...(options.as ? { uid: options.as.uid, gid: options.as.gid } : {}) },
  )
  children.push(child)
  return child
}

/** What the child says after a word it starts a line with. */
async function said(child: ChildProcess, word: string): Promise<string> {
  let text = ''
  child.stdout?.setEncoding('utf8')
  for await (const part of child.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    text += String(part)
    const line = text
      .split('\n')
      .slice(0, -1)
      .find((each) => each.startsWith(`${word} `))
    if (line) return line.slice(word.length + 1)
  }
  throw new Error(`the child ended and only said: ${text} ${await complaint(child)}`)
}

/** What a child that failed wrote to stderr. */
async function complaint(child: ChildProcess): Promise<string> {
  return Buffer.concat((await child.stderr?.toArray()) ?? []).toString()
}

async function leave(child: ChildProcess): Promise<void> {
  child.stdin?.write('leave\n')
  await once(child, 'exit')
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

async function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  process.kill(pid, signal)
  await until(() => processStart(pid) === undefined)
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10)
}

const postmaster = () => runningServer(openFolder(data))?.pid

describe('the embedded PostgreSQL', () => {
  it('is set up as we need it and reached from this machine with the password only', async () => {
    const { url } = await open()
    expect(
      await query(
        url,
        `select current_setting('TimeZone') as zone, current_setting('jit') as jit,
      current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets,
      current_setting('fsync') as fsync, current_setting('application_name') as name,
      (select datlocprovider::text || ' ' || datlocale || ' ' || pg_encoding_to_char(encoding)
       from pg_database where datname = current_database()) as locale`,
      ),
    ).toEqual([
      {
        zone: 'UTC',
        jit: 'off',
        addresses: '127.0.0.1',
        sockets: '.',
        fsync: 'on',
        name: `regulars:test:${process.pid}`,
        locale: 'b C.UTF-8 UTF8',
      },
    ])
    const state = readState(openFolder(data))
    expect(state?.port).toBeGreaterThanOrEqual(20_000)
    expect(state?.port).toBeLessThan(32_768)
    expect(statSync(join(data, 'postgres.json')).mode & 0o777).toBe(0o600)
    const guess = url.replace(state?.password ?? '', 'guess')
    await expect(query(guess, 'select 1')).rejects.toMatchObject({ code: '28P01' })
  })

  it.runIf(process.platform === 'linux')('keeps the memory of one statement for the next', async () => {
    const { url } = await open()
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    try {
      const sort = () => client.query('select count(distinct n) from generate_series(1, 50000) n')
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
      // the tenth field: pages that had to be given to the process
      const faults = () => Number(readFileSync(`/proc/${rows[0]!.pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[7])
      for (let n = 0; n < 3; n += 1) await sort()
      const before = faults()
      for (let n = 0; n < 5; n += 1) await sort()
      expect(faults() - before).toBeLessThan(500)
    } finally {
      await client.end()
    }
  })

  it('is shared by two in one process, and stops with the second', async () => {
    useFolder()
    const [first, second] = [await open(), await open()]
    expect(second.url).toBe(first.url)
    await first.leave()
    await first.leave()
    expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }])
    await second.leave()
    expect(postmaster()).toBeUndefined()
    expect(existsSync(join(data, 'postgres.lock'))).toBe(false)
  })

  it('is shared by processes, outlives the one that began it and stops with the last', async () => {
    useFolder()
    const beginner = start()
    await said(beginner, 'ready')
    const server = postmaster()
    const { url, leave: leaveLast } = await open()
    await leave(beginner)
    expect(postmaster()).toBe(server)
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }])
    await leaveLast()
    expect(postmaster()).toBeUndefined()
  })

  it('stops with the last even if the others were killed', async () => {
    useFolder()
    const other = start()
    await said(other, 'ready')
    const { leave: leaveLast } = await open()
    await end(other)
    await leaveLast()
    expect(postmaster()).toBeUndefined()
  })

  it('is begun once when a fresh folder is opened by several processes at once', async () => {
    const urls = await Promise.all([start(), start(), start()].map((child) => said(child, 'ready')))
    expect(new Set(urls.map((url) => new URL(url).host + new URL(url).password)).size).toBe(1)
    expect(readdirSync(data).filter((name) => name.includes('draft') || name.includes('lock'))).toEqual([])
  })

  it('never fails a process that comes while another leaves', async () => {
    useFolder()
    const rounds = size === 'long' ? 100 : 8
    const comers = [1, 2, 3].map(() => start({ rounds }))
    const [url] = await Promise.all(comers.map((child) => said(child, 'ready')))
    expect(await query(url ?? '', 'select count(*)::int as n from rounds')).toEqual([{ n: 3 * rounds }])
  }, 300_000)
})

describe('after a crash', () => {
  it('of the server and its user, the next opener finds every committed row', async () => {
    useFolder()
    const child = start()
    const url = await said(child, 'ready')
    await query(url, 'create table kept as select generate_series(1, 20000) as id')
    const server = postmaster() ?? 0
    await end(child)
    await kill(server)
    const { url: again } = await open()
    expect(postmaster()).not.toBe(server)
    expect(await query(again, 'select count(*)::int as n from kept')).toEqual([{ n: 20_000 }])
  })

  it('of the server alone, whoever is here begins it again at the same address', async () => {
    useFolder()
    const lines: string[] = []
    const { url } = await open({ log: (line) => lines.push(line) })
    await query(url, 'create table kept as select generate_series(1, 100) as id')
    await kill(postmaster() ?? 0)
    await until(() => lines.includes('the database is back'))
    expect(await query(url, 'select count(*)::int as n from kept')).toEqual([{ n: 100 }])
  })

  it('of the process that prepares the folder, at any moment, the next opener goes on', async () => {
    for (const ms of size === 'long' ? Array.from({ length: 40 }, (_, i) => i * 25) : [0, 150, 400]) {
      const child = start()
      await said(child, 'log')
      await sleep(ms)
      await end(child)
      const { url, leave: leaveIt } = await open()
      expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }])
      await leaveIt()
      for (const name of readdirSync(data)) rmSync(join(data, name), { recursive: true, force: true, maxRetries: 5 })
    }
  }, 300_000)

  it('a lock of a dead process, or of one whose number was given away, does not hold anyone up', async () => {
    useFolder()
    const dead = spawn('true')
    await once(dead, 'exit')
    for (const pid of [dead.pid, process.pid]) {
      writeFileSync(join(data, 'postgres.lock'), JSON.stringify({ pid, started: 'long ago', nonce: 'x' }))
      const { leave: leaveIt } = await open()
      await leaveIt()
    }
    expect(existsSync(join(data, 'postgres.lock'))).toBe(false)
  })

  it('a lock of a living process is respected', async () => {
    useFolder()
    const started = processStart(process.pid)
    writeFileSync(join(data, 'postgres.lock'), JSON.stringify({ pid: process.pid, started, nonce: 'x' }))
    const opening = open()
    expect(await Promise.race([opening, sleep(300, 'waits')])).toBe('waits')
    unlinkSync(join(data, 'postgres.lock'))
    await opening
  })

  it('a stranger who got the number of the dead server does not hold anyone up', async () => {
    useFolder()
    const file = join(data, 'postgres', 'postmaster.pid')
    const { uid, gid } = statSync(join(used, 'postgres'))
    const stranger = spawn('sleep', ['60'], isRoot ? { uid, gid } : {})
    children.push(stranger)
    writeFileSync(file, `${stranger.pid}\n${data}/postgres\n1\n20000\n\n127.0.0.1\n        0         0\nready   \n`)
    const { url } = await open()
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  it('a port that someone else took is given up', async () => {
    useFolder()
    const port = readState(openFolder(data))?.port
    const stranger = createServer((socket) => socket.end('not a database\n')).listen(port, '127.0.0.1')
    await once(stranger, 'listening')
    try {
      const { url } = await open()
      expect(Number(new URL(url).port)).not.toBe(port)
      expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }])
    } finally {
      stranger.close()
    }
  })

  it('a lost password is replaced', async () => {
    const { url, leave: leaveIt } = await open()
    await query(url, 'create table kept as select 1 as id')
    await leaveIt()
    rmSync(join(data, 'postgres.json'))
    expect(await query((await open()).url, 'select id from kept')).toEqual([{ id: 1 }])
  })
})

describe('refuses, and says why', () => {
  it('a cluster of another version', async () => {
    useFolder()
    const file = join(data, 'postgres', 'PG_VERSION')
    writeFileSync(file, '17\n')
    await expect(open()).rejects.toMatchObject({
      code: 'postgres.version_mismatch',
      params: { found: '17', needed: '18' },
    })
  })

  it('a server that does not start, with its last words', async () => {
    await expect(open({ settings: { shared_buffers: 'plenty' } })).rejects.toMatchObject({
      code: 'postgres.start_failed',
      message: expect.stringContaining('invalid value for parameter "shared_buffers"'),
    })
    expect(existsSync(join(data, 'postgres.lock'))).toBe(false)
    await open()
  })

  it('a password that is no longer the one of the running server', async () => {
    useFolder()
    const child = start()
    await said(child, 'ready')
    const file = join(data, 'postgres.json')
    writeFileSync(file, JSON.stringify({ ...readState(openFolder(data)), password: 'wrong' }))
    await expect(open()).rejects.toMatchObject({ code: 'postgres.password_lost' })
  })

  it.runIf(nobodyCanRunUs)('a cluster that belongs to another user', async () => {
    useFolder()
    chownSync(join(data, 'postgres'), 12_345, 12_345)
    expect(await complaint(start({ as: nobody }))).toContain('belongs to another user (uid 12345)')
  })
})

describe('users', () => {
  it.runIf(nobodyCanRunUs)('an ordinary user runs it as himself, and root joins and stops it', async () => {
    chownSync(data, nobody.uid, nobody.gid)
    const child = start({ as: nobody })
    await said(child, 'ready')
    expect(statSync(join(data, 'postgres')).uid).toBe(nobody.uid)
    const { leave: leaveIt } = await open()
    await leave(child)
    await leaveIt()
    expect(postmaster()).toBeUndefined()
    const again = start({ as: nobody })
    await said(again, 'ready')
  })

  it.runIf(isRoot && process.platform === 'linux')('root keeps it in a folder closed to all others', async () => {
    useFolder()
    chmodSync(data, 0o700)
    const { url, leave: leaveIt } = await open()
    await query(url, 'create table kept as select 1 as id')
    await kill(postmaster() ?? 0)
    await leaveIt()
    const { url: again } = await open()
    expect(await query(again, 'select id from kept')).toEqual([{ id: 1 }])
    expect(statSync(join(data, 'postgres')).uid).not.toBe(0)
  })

  it.runIf(isRoot)('a program that its account cannot read is copied out, links and permissions repaired', () => {
    const packaged = packagedBinaries()
    const folder = join(data, 'closed', 'native')
    mkdirSync(join(data, 'closed'), { mode: 0o700 })
    cpSync(packaged.folder, folder, { recursive: true, verbatimSymlinks: true })
    for (const name of readdirSync(join(folder, 'lib'))) {
      if (lstatSync(join(folder, 'lib', name)).isSymbolicLink()) unlinkSync(join(folder, 'lib', name))
    }
    for (const name of readdirSync(join(folder, 'bin'))) chmodSync(join(folder, 'bin', name), 0o644)
    const version = `test-${process.pid}`
    const found = findBinaries(nobody, { folder, version })
    try {
      expect(found.folder.startsWith(data)).toBe(false)
      accessSync(join(found.folder, 'lib', 'libpq.so'))
      expect(statSync(programPath(found, 'initdb')).mode & 0o777).toBe(0o755)
      // Found again, not copied again, until a sweep of old files takes one away.
      const made = statSync(found.folder).birthtimeMs
      expect(statSync(findBinaries(nobody, { folder, version }).folder).birthtimeMs).toBe(made)
      rmSync(join(found.folder, 'share', 'postgresql', 'timezone', 'UTC'), { force: true })
      rmSync(join(found.folder, 'lib', 'libpq.so'))
      expect(
        readFileSync(join(findBinaries(nobody, { folder, version }).folder, 'lib', 'libpq.so')).length,
      ).toBeGreaterThan(0)
    } finally {
      rmSync(dirname(found.folder), { recursive: true, force: true })
    }
  })
})
