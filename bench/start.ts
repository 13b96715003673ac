import { stopwatch } from '../src/base/time.ts'
import { atMost, median, openBenchDatabase, type Bench } from './bench.ts'
import { serve } from './serving.ts'

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
  const elapsed = stopwatch()
  const server = await serve(folder)
  const answer = await fetch(`${server.address}/healthz`)
  if (!answer.ok) throw new Error(`serve answered ${answer.status}`)
  const seconds = elapsed() / 1000
  await server.close()
  return seconds
}
