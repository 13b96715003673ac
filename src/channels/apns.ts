/**
 * Apple's push service for passes: HTTP/2 with the certificate of the pass type, an empty notice a phone (Apple,
 * "Sending notification requests to APNs"). The phone then asks for its pass itself.
 */
import { connect, constants, type ClientHttp2Session } from 'node:http2'

export interface ApnsCredentials {
  certificate: string
  key: string
  key_passphrase: string | null
  pass_type: string
}

export interface ApnsOptions {
  /** `https://host:port`. */
  host?: string
  /** Certificates trusted besides the system's: a server of one's own. */
  ca?: string
}

const productionHost = 'https://api.push.apple.com'
/** A server that says nothing for so long is gone. */
const silenceMs = 20_000
/** Streams open at once; Apple allows about a thousand. */
const open_max = 200

/** How a phone's notice was taken: `gone` never will be again, `later` is to be tried once more. */
export type Taken = 'told' | 'gone' | 'later'

/** Wakes phones. Throws when the service cannot be reached or refuses us. */
export function apns({ host = productionHost, ca }: ApnsOptions = {}) {
  return async (given: ApnsCredentials, tokens: readonly string[]): Promise<Map<string, Taken>> => {
    const session = connect(host, {
      cert: given.certificate,
      key: given.key,
      ...(given.key_passphrase ? { passphrase: given.key_passphrase } : {}),
      ...(ca ? { ca } : {}),
    })
    const broken = new Promise<never>((_resolve, reject) => {
      session.on('error', reject)
      session.on('goaway', (code) => code !== 0 && reject(new Error(`Apple’s push service went away: ${code}`)))
      session.setTimeout(silenceMs, () => reject(new Error('Apple’s push service says nothing')))
    })
    // whoever waits is told; nobody waits after the end
    broken.catch(() => undefined)
    try {
      const outcomes = new Map<string, Taken>()
      const waiting = [...tokens]
      const lane = async () => {
        for (let token = waiting.pop(); token !== undefined; token = waiting.pop())
          outcomes.set(token, await push(session, given.pass_type, token))
      }
      const lanes = Array.from({ length: Math.min(open_max, tokens.length) }, lane)
      await Promise.race([Promise.all(lanes), broken])
      return outcomes
    } finally {
      session.destroy()
    }
  }
}

/** What Apple says of a token that will never work: unknown here, of another topic, or its pass was thrown away. */
const goneReasons = ['BadDeviceToken', 'DeviceTokenNotForTopic', 'Unregistered', 'ExpiredToken']

async function push(session: ClientHttp2Session, topic: string, token: string): Promise<Taken> {
  const stream = session.request({
    [constants.HTTP2_HEADER_METHOD]: 'POST',
    [constants.HTTP2_HEADER_PATH]: `/3/device/${encodeURIComponent(token)}`,
    'apns-topic': topic,
    'apns-push-type': 'background',
    'apns-priority': '5',
  })
  stream.setEncoding('utf8')
  const answered = new Promise<number>((resolve, reject) => {
    stream.on('response', (headers) => resolve(Number(headers[constants.HTTP2_HEADER_STATUS])))
    stream.on('error', reject)
  })
  stream.end('{}')
  const status = await answered
  let text = ''
  for await (const part of stream) text += String(part)
  if (status === 200) return 'told'
  const reason = reasonOf(text)
  if (status === 410 || goneReasons.includes(reason)) return 'gone'
  // too much at once, or trouble of theirs with this one
  if (status === 429 || status >= 500) return 'later'
  throw new Error(`Apple’s push service answered ${status} ${reason}`)
}

function reasonOf(text: string): string {
  try {
    return String((JSON.parse(text) as { reason?: unknown }).reason ?? '')
  } catch {
    return ''
  }
}
