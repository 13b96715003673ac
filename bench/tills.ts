/**
 * Shop systems that send orders: kept-open connections in a process of their own, as real callers are. Plain sockets,
 * because a client that costs as much as the server would be what is measured.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { pathToFileURL } from 'node:url'
import { stopwatch } from '../src/base/time.ts'
import { orderOf } from './orders.ts'

export interface Tills {
  port: number
  token: string
  /** Orders in a request; one goes to the single route. */
  batch: number
  /** Requests at once: connections kept open. Sixteen unless said. */
  callers?: number
  requests: number
  /** First number of the orders, and whom they name. */
  from: number
  members: number
  source: string
}

export const callers = 16

/** Runs the callers in another process; answers seconds from the first request to the last answer. */
export async function callFrom(tills: Tills): Promise<number> {
  const child = spawn(process.execPath, ['--import', 'tsx', import.meta.filename, JSON.stringify(tills)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number]
  if (code !== 0) throw new Error(`the callers ended with ${code}`)
  return Number(printed)
}

function requestOf({ token, batch, requests, from, members, source }: Tills, n: number, at: Date): string {
  // tills send what has just happened: the later the number, the later the order
  const orders = Array.from({ length: batch }, (_, i) => {
    const left = requests * batch - (n * batch + i)
    return { ...orderOf(from + n * batch + i, members, source, at), occurred_at: new Date(at.getTime() - left) }
  })
  const body = JSON.stringify(batch === 1 ? orders[0] : { orders })
  return [
    `POST /v1/admin/orders${batch === 1 ? '' : '/batch'} HTTP/1.1`,
    'host: till.example',
    `authorization: Bearer ${token}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n')
}

/** Sends one request and waits for the whole answer; throws unless all of it was accepted. */
function post(socket: Socket, request: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = ''
    const read = (part: Buffer) => {
      text += part.toString('latin1')
      const head = text.indexOf('\r\n\r\n')
      if (head === -1) return
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1])
      if (text.length < head + 4 + length) return
      socket.off('data', read).off('error', reject)
      if (text.startsWith('HTTP/1.1 200') && !text.includes('"refused"')) resolve()
      else reject(new Error(text.slice(0, 500)))
    }
    socket.on('data', read).once('error', reject)
    socket.write(request)
  })
}

async function main(tills: Tills): Promise<void> {
  const at = new Date()
  const requests = Array.from({ length: tills.requests }, (_, n) => requestOf(tills, n, at))
  const sockets = Array.from({ length: tills.callers ?? callers }, () =>
    connect(tills.port, '127.0.0.1').setNoDelay(),
  )
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  const elapsed = stopwatch()
  let next = 0
  await Promise.all(
    sockets.map(async (socket) => {
      while (next < requests.length) {
        const request = requests[next]!
        next += 1
        await post(socket, request)
      }
      socket.destroy()
    }),
  )
  process.stdout.write(String(elapsed() / 1000))
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  await main(JSON.parse(process.argv[2]!) as Tills)
