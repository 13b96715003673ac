/**
 * Checkouts of a shop: sixteen kept-open connections in a process of their own, as real tills are. Everything is
 * quoted, then everything is held, then everything is committed, so that each kind of call is measured alone.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { pathToFileURL } from 'node:url'
import { stopwatch } from '../src/base/time.ts'
import { callers } from './tills.ts'

export interface Checkouts {
  port: number
  token: string
  /** Ids of who buys, one after the other. */
  members: string[]
  count: number
  source: string
}
/** Seconds of all calls of a kind, and what 99 of 100 took at most, in milliseconds. */
export interface Took {
  seconds: number
  p99_ms: number
}
export type Called = Record<'quote' | 'hold' | 'commit', Took>

/** Runs the tills in another process. */
export async function checkOut(checkouts: Checkouts): Promise<Called> {
  const child = spawn(process.execPath, ['--import', 'tsx', import.meta.filename], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(JSON.stringify(checkouts))
  let printed = ''
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number]
  if (code !== 0) throw new Error(`the tills ended with ${code}`)
  return JSON.parse(printed) as Called
}

/** Sends one request and waits for the whole answer; throws unless it was accepted. */
function post(socket: Socket, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const read = (part: Buffer) => {
      text += part.toString('latin1')
      const head = text.indexOf('\r\n\r\n')
      if (head === -1) return
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1])
      if (text.length < head + 4 + length) return
      socket.off('data', read).off('error', reject)
      if (/^HTTP\/1.1 20[01]/.test(text)) resolve(text.slice(head + 4))
      else reject(new Error(text.slice(0, 800)))
    }
    socket.on('data', read).once('error', reject)
    socket.write(request)
  })
}

async function main({ port, token, members, count, source }: Checkouts): Promise<void> {
  const sockets = Array.from({ length: callers }, () => connect(port, '127.0.0.1').setNoDelay())
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  const requestOf = (path: string, content: object) => {
    const body = JSON.stringify(content)
    const head = [`POST ${path} HTTP/1.1`, 'host: till.example', `authorization: Bearer ${token}`]
    head.push('content-type: application/json', `content-length: ${Buffer.byteLength(body)}`)
    return [...head, '', body].join('\r\n')
  }
  const all = async (request: (n: number) => string): Promise<{ took: Took; answers: string[] }> => {
    const requests = Array.from({ length: count }, (_, n) => request(n))
    const [answers, times]: [string[], number[]] = [[], []]
    const elapsed = stopwatch()
    let next = 0
    await Promise.all(
      sockets.map(async (socket) => {
        while (next < count) {
          const n = next
          next += 1
          const one = stopwatch()
          answers[n] = await post(socket, requests[n]!)
          times.push(one())
        }
      }),
    )
    const seconds = elapsed() / 1000
    times.sort((a, b) => a - b)
    return { took: { seconds, p99_ms: times[Math.floor(times.length * 0.99)]! }, answers }
  }
  const basketOf = (n: number) => ({
    member: { member_id: members[n % members.length] },
    points_to_use: 10,
    lines: [
      { sku: `SKU-${n % 500}`, quantity: 1 + (n % 3), unit_price_minor: 120 + (n % 90) },
      { sku: `SKU-${(n * 7) % 500}`, quantity: 1, unit_price_minor: 200 },
    ],
  })
  const quote = await all((n) => requestOf('/v1/till/quotes', basketOf(n)))
  const hold = await all((n) => requestOf('/v1/till/holds', { ...basketOf(n), source, source_id: `R${n}` }))
  const ids = hold.answers.map((answer) => (JSON.parse(answer) as { hold_id: string }).hold_id)
  const commit = await all((n) => requestOf(`/v1/till/holds/${ids[n]}/commit`, {}))
  for (const socket of sockets) socket.destroy()
  process.stdout.write(JSON.stringify({ quote: quote.took, hold: hold.took, commit: commit.took }))
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  let given = ''
  for await (const chunk of process.stdin) given += String(chunk)
  await main(JSON.parse(given) as Checkouts)
}
