/**
 * What mail servers write back: bounces (RFC 3464), complaints (RFC 5965), and letters to an unsubscribe address. Each
 * comes to an address of ours that names the message; a listener takes them by SMTP, `regulars bounce` from a pipe.
 */
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'
import { AppError, coerceError } from '../base/errors.ts'
import { deadCodes } from './email.ts'
import type { Receipt } from '../reach/messages/types.ts'

/** A returned letter carries the headers of ours, rarely all of it. */
const bytesMax = 1_000_000

const ours = /^(bounce|unsubscribe)\+([0-9a-z]{9,19})@/i
const originalId = /^message-id:\s*<([0-9a-z]{9,19})@/im

/**
 * Reads one letter. `recipients` are the envelope's, if known; else the headers are searched. An answer by a person, an
 * absence notice, or what is no letter at all says nothing about delivery: no receipts.
 */
export async function readBounce(raw: Buffer | string, recipients: readonly string[] = []): Promise<Receipt[]> {
  const mail = await parse(raw)
  const named = nameOf(mail, recipients)
  if (named?.box === 'unsubscribe') return [{ ref: named.ref, kind: 'unsubscribed' }]
  if (!mail) return []
  const ref = named?.ref ?? originalRef(mail)
  if (!ref) return []
  const at = mail.date ? new Date(mail.date) : undefined
  const when = at && !Number.isNaN(at.getTime()) ? { at } : {}
  if (partOf(mail, 'message/feedback-report') !== null) return [{ ref, kind: 'complained', ...when }]
  const status = partOf(mail, 'message/delivery-status') ?? partOf(mail, 'message/global-delivery-status')
  if (status !== null) return readStatus(status).map((receipt) => ({ ref, ...receipt, ...when }))
  const plain = readPlain(mail)
  return plain ? [{ ref, ...plain, ...when }] : []
}

/** null of what is no letter: asked to come back, its sender would bring the same for days. */
async function parse(raw: Buffer | string): Promise<Email | null> {
  try {
    return await PostalMime.parse(raw, { forceRfc822Attachments: true })
  } catch {
    return null
  }
}

function nameOf(mail: Email | null, recipients: readonly string[]): { box: string; ref: string } | null {
  const headers = (mail?.headers ?? [])
    .filter((header) => ['delivered-to', 'x-original-to', 'to', 'envelope-to'].includes(header.key))
    .map((header) => /[^\s<>,]+@[^\s<>,]+/.exec(header.value)?.[0] ?? '')
  for (const address of [...recipients, ...headers]) {
    const found = ours.exec(address)
    if (found) return { box: found[1]!.toLowerCase(), ref: found[2]!.toLowerCase() }
  }
  return null
}

/** Servers that answer to the From address still return our Message-ID. */
function originalRef(mail: Email): string | null {
  const returned = partOf(mail, 'message/rfc822') ?? partOf(mail, 'text/rfc822-headers')
  return originalId.exec(returned ?? '')?.[1] ?? null
}

function partOf(mail: Email, type: string): string | null {
  const part = mail.attachments.find((attachment) => attachment.mimeType === type)
  if (!part) return null
  const text = typeof part.content === 'string' ? part.content : new TextDecoder().decode(part.content)
  return readable(text)
}

/** What strangers write may hold anything; no database keeps a NUL. */
function readable(text: string): string {
  return text.replaceAll(/\p{Cs}|[^\P{Cc}\t\r\n]/gu, ' ')
}

type StatusReceipt = Pick<Receipt, 'kind' | 'class' | 'code' | 'detail'>

/** Groups of fields, one for the report and one for each recipient; a letter of ours has one recipient. */
function readStatus(text: string): StatusReceipt[] {
  const groups = text
    .replaceAll(/\r\n/g, '\n')
    .replaceAll(/\n[ \t]+/g, ' ')
    .split(/\n\s*\n/)
  return groups
    .map(fieldsOf)
    .filter((fields) => fields.has('action'))
    .map((fields) => {
      const action = fields.get('action')!.toLowerCase()
      const code = /\d\.\d{1,3}\.\d{1,3}/.exec(fields.get('status') ?? '')?.[0]
      const detail = (fields.get('diagnostic-code') ?? '').replace(/^smtp;\s*/i, '').slice(0, 500)
      const said = { ...(code ? { code } : {}), ...(detail ? { detail } : {}) }
      if (action === 'failed') return { kind: 'bounced', class: classOf(code, detail), ...said }
      return { kind: action === 'delayed' ? 'deferred' : 'delivered', ...said }
    })
}

function fieldsOf(group: string): Map<string, string> {
  return new Map(
    group.split('\n').flatMap((line) => {
      const at = line.indexOf(':')
      return at < 1 ? [] : [[line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()] as const]
    }),
  )
}

const unknownUser =
  /user unknown|unknown user|no such (user|recipient|mailbox)|does not exist|mailbox (not found|unavailable|disabled)/i

/** Hard: the address will never work. Everything else (full, refused for its content, timed out) is soft. */
function classOf(code: string | undefined, detail: string): 'hard' | 'soft' {
  const precise = /\b5\.\d{1,3}\.\d{1,3}\b/.exec(detail)?.[0] ?? code
  if (precise && deadCodes.includes(precise)) return 'hard'
  // 5.0.0 says nothing more than "no": then the words count
  const vague = precise === undefined || precise === '5.0.0'
  return vague && unknownUser.test(detail) ? 'hard' : 'soft'
}

/** Servers older than RFC 3464 explain themselves in words. Only letters by machines are read that way. */
function readPlain(mail: Email): StatusReceipt | null {
  const from = mail.from?.address ?? ''
  const machine =
    /mailer-daemon|postmaster/i.test(from) ||
    /undeliver|returned mail|failure notice|delivery (status|failure)/i.test(mail.subject ?? '')
  const text = readable(mail.text ?? '')
  const code = /\b([45]\.\d{1,3}\.\d{1,3})\b/.exec(text)?.[1]
  if (!machine || (!code && !unknownUser.test(text))) return null
  const detail =
    text
      .split('\n')
      .find((line) => (code ? line.includes(code) : unknownUser.test(line)))
      ?.trim() ?? ''
  const said = { ...(code ? { code } : {}), detail: detail.slice(0, 500) }
  return { kind: 'bounced', class: classOf(code, detail || text), ...said }
}

export interface BounceListenerOptions {
  host: string
  /** 0 for any free one. */
  port: number
  /** Is this the code of a message of ours? Others are refused at the door, so that nobody can fill our disk. */
  knows(ref: string): Promise<boolean>
  /** Takes what a letter said. When it throws, the sender is asked to come back. */
  receive(receipts: Receipt[]): Promise<void>
  onError?(error: Error): void
}

export interface BounceListener {
  port: number
  close(): Promise<void>
}

/** Listens for returned letters. Nobody signs in, nothing is passed on. Errors: `bounces.port_unusable`. */
export async function openBounceListener(options: BounceListenerOptions): Promise<BounceListener> {
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    authOptional: true,
    size: bytesMax,
    banner: 'returned letters only',
    onRcptTo(address, _session, done) {
      const ref = ours.exec(address.address)?.[2]?.toLowerCase()
      const refused = Object.assign(new Error('5.1.1 no such message'), { responseCode: 550 })
      if (!ref) return done(refused)
      options.knows(ref).then(
        (known) => done(known ? null : refused),
        (thrown) => done(laterOf(options, thrown)),
      )
    },
    onData(stream, session, done) {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        if (stream.sizeExceeded) return done(Object.assign(new Error('5.3.4 too big'), { responseCode: 552 }))
        takeIn(options, Buffer.concat(parts), session).then(
          () => done(null),
          (thrown) => done(laterOf(options, thrown)),
        )
      })
    },
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  }).catch((thrown: unknown) => {
    const { host, port } = options
    // taken, or below 1024 and nobody gave us the right
    throw new AppError(
      'bounces.port_unusable',
      { host, port, reason: coerceError(thrown).message },
      { cause: thrown },
    )
  })
  server.removeAllListeners('error')
  server.on('error', (error) => options.onError?.(error))
  const address = server.server.address()
  return {
    port: typeof address === 'object' && address ? address.port : options.port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

async function takeIn(options: BounceListenerOptions, raw: Buffer, session: SMTPServerSession): Promise<void> {
  const receipts = await readBounce(
    raw,
    session.envelope.rcptTo.map((to) => to.address),
  )
  if (receipts.length > 0) await options.receive(receipts)
}

function laterOf(options: BounceListenerOptions, thrown: unknown): Error {
  options.onError?.(coerceError(thrown))
  return Object.assign(new Error('4.3.0 please try again later'), { responseCode: 451 })
}
