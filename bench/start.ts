import { spawn } from 'node:child_process'
import path from 'node:path'
import { atMost, median, openBenchDatabase, type Bench } from './bench.ts'

const secondsMax = 5
const runs = 3

/** An existing installation: from the command until it answers a request. */
export const bench: Bench = {
  name: 'start',
  async run(tell) {
    const database = await openBenchDatabase()
    await database.db.close()
    const seconds: number[] = []
    for (let i = 0; i < runs; i += 1) seconds.push(await startOnce(database.folder))
    tell(`runs: ${seconds.map((one) => one.toFixed(2)).join(', ')} s`)
    // the database was opened before: leave it to the last server that joined it
    await database.close().catch(() => undefined)
    return atMost(
      1,
      median(seconds),
      secondsMax,
      's',
      '`regulars serve` of an existing installation until the first answer, against the time given',
    )
  },
}

async function startOnce(folder: string): Promise<number> {
  const began = performance.now()
  const child = spawn(
    process.execPath,
    [path.join(import.meta.dirname, '../bin/regulars.js'), 'serve', '--data', folder, '--port', '28080'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, LOG_LEVEL: 'error' },
    },
  )
  let printed = ''
  const address = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)
      if (found) resolve(found[0])
    })
    child.once('exit', (code) => reject(new Error(`serve ended with ${code}`)))
  })
  const answer = await fetch(`${address}/healthz`)
  if (!answer.ok) throw new Error(`serve answered ${answer.status}`)
  const seconds = (performance.now() - began) / 1000
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.removeAllListeners('exit')
  child.once('exit', () => undefined)
  const over = new Promise<void>((resolve) => child.on('close', () => resolve()))
  child.kill('SIGTERM')
  await Promise.race([ended, over])
  return seconds
}
