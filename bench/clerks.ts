/**
 * A hundred counters in a process of their own, each with its own connection. Receipts begin at fixed times whether or
 * not those before are done, as customers do: find by phone, open the member, quote, ring up.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { pathToFileURL } from 'node:url'
import { stopwatch } from '../src/base/time.ts'

export interface Clerks {
  port: number
  token: string
  /** Phones of who comes, one after the other. */
  phones: string[]
  counters: number
  /** Of all counters together. */
  receipts_per_second: number
}
/** What 99 of 100 took at most, in milliseconds. */
export interface Took {
  find_ms: number
  open_ms: number
  quote_ms: number
  sell_ms: number
}

/** Runs the counters in another process until everybody was served. */
export async function serveAll(clerks: Clerks): Promise<Took> {
  const child = spawn(process.execPath, ['--import', 'tsx', import.meta.filename], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(JSON.stringify(clerks))
  let printed = ''
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number]
  if (code !== 0) throw new Error(`the counters ended with ${code}`)
  return JSON.parse(printed) as Took
}

type Send = (method: string, path: string, body?: object) => Promise<{ ms: number; answer: unknown }>

/** A counter: one connection, one call after the other. */
function counterAt({ port, token }: Clerks): Send {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  return async (method, path, body) => {
    const elapsed = stopwatch()
    const text = body ? JSON.stringify(body) : undefined
    const headers = {
      authorization: `Bearer ${token}`,
      ...(text ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) } : {}),
    }
    const asked = request({ host: '127.0.0.1', port, method, path, agent, headers })
    asked.end(text)
    const [answer] = (await once(asked, 'response')) as [AsyncIterable<Buffer> & { statusCode: number }]
    let read = ''
    for await (const part of answer) read += part.toString()
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${read.slice(0, 500)}`)
    return { ms: elapsed(), answer: JSON.parse(read) }
  }
}

async function serve(send: Send, phone: string, nth: number): Promise<Took> {
  const found = await send('GET', `/v1/till/members?search=${encodeURIComponent(phone)}`)
  const { member_id } = (found.answer as { data: { member_id: string }[] }).data[0]!
  const opened = await send('GET', `/v1/till/members/${member_id}`)
  const basket = {
    member: { member_id },
    lines: [
      { sku: `SKU-${nth % 500}`, quantity: 1 + (nth % 3), unit_price_minor: 60 },
      { sku: `SKU-${(nth * 7) % 500}`, quantity: 1, unit_price_minor: 85 },
    ],
  }
  const quoted = await send('POST', '/v1/till/quotes', basket)
  const sold = await send('POST', '/v1/till/orders', { ...basket, source: 'bench', source_id: `C${nth}` })
  return { find_ms: found.ms, open_ms: opened.ms, quote_ms: quoted.ms, sell_ms: sold.ms }
}

async function main(clerks: Clerks): Promise<void> {
  const counters = Array.from({ length: clerks.counters }, () => counterAt(clerks))
  const every_ms = 1_000 / clerks.receipts_per_second
  const elapsed = stopwatch()
  const all = await Promise.all(
    clerks.phones.map(async (phone, nth) => {
      await new Promise((resolve) => setTimeout(resolve, nth * every_ms - elapsed()))
      return serve(counters[nth % counters.length]!, phone, nth)
    }),
  )
  // the first at each counter open their connections and find a server whose code is still being compiled
  const served = all.slice(clerks.counters)
  const p99 = (of: (one: Took) => number) =>
    served.map(of).sort((a, b) => a - b)[Math.ceil(served.length * 0.99) - 1]!
  const took: Took = {
    find_ms: p99((one) => one.find_ms),
    open_ms: p99((one) => one.open_ms),
    quote_ms: p99((one) => one.quote_ms),
    sell_ms: p99((one) => one.sell_ms),
  }
  process.stdout.write(JSON.stringify(took))
  process.exit(0)
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  let given = ''
  for await (const chunk of process.stdin) given += String(chunk)
  await main(JSON.parse(given) as Clerks)
}
