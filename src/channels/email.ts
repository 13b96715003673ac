/**
 * E-mail by SMTP over connections that stay open. The connections are nodemailer's; the pool is ours, because
 * nodemailer's own pool sends a message again when its connection ends after the text has been handed over, and
 * nobody then knows whether it left twice.
 *
 * What an answer means: a 5xx refuses this message for good; a 4xx asks to come back; a connection that ends after
 * DATA was begun leaves it uncertain; one that ends before certainly sent nothing. Wrong password, no connection or a
 * refused sender is trouble of the whole channel.
 *
 * DKIM: let the relay sign; signing here would halve the speed.
 */
import { Readable } from 'node:stream'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { coerceError } from '../base/errors.ts'
import { clock } from '../base/time.ts'
import {
  ChannelTrouble,
  type Channel,
  type EmailSettings,
  type OpenChannel,
  type Outgoing,
  type Sent,
} from '../reach/messages/types.ts'
import { compose } from './email-mime.ts'

/** Relays of providers allow 10 to 20 at once; more than the default brings little on one machine. */
const connectionsDefault = 10
/** A relay that says nothing for so long is gone; RFC 5321 4.5.3.2 allows up to 10 minutes for the final answer. */
const silenceMs = 120_000
const connectMs = 20_000
/** Messages over one connection before it is made anew: relays often end a session at 100. */
const perConnectionMax = 1_000
/** Idle connections are ended by relays after minutes; we end ours first. */
const idleMs = 30_000

export const email: Channel = {
  name: 'email',
  mediums: ['email'],
  stays_inside: false,
  keeps_body: false,
  open: (settings) => openEmail(settings as EmailSettings & { password?: string }),
}

interface Line {
  connection: SMTPConnection
  sent: number
  idle: NodeJS.Timeout | null
  ended: boolean
}

/** What SMTPConnection hands over when it fails. */
interface SmtpError extends Error {
  code?: string
  command?: string
  response?: string
  responseCode?: number
}

function openEmail(settings: EmailSettings & { password?: string }): OpenChannel {
  const idle: Line[] = []
  let closing = false
  const take = async (): Promise<Line> => {
    for (let line = idle.pop(); line; line = idle.pop()) {
      if (line.idle) clearTimeout(line.idle)
      if (!line.ended) return line
    }
    return connect(settings)
  }
  const give = (line: Line) => {
    if (line.ended) return
    if (closing || line.sent >= perConnectionMax) return line.connection.quit()
    line.idle = setTimeout(() => line.connection.quit(), idleMs)
    line.idle.unref()
    idle.push(line)
  }
  return {
    async send(batch, signal) {
      const queue = [...batch].reverse()
      const results: Sent[] = []
      const again = new Set<number>()
      let trouble: unknown = null
      const work = async () => {
        let line: Line | null = null
        try {
          while (queue.length > 0 && !signal.aborted && trouble === null) {
            if (!line || line.ended || line.sent >= perConnectionMax) {
              if (line) give(line)
              line = await take()
            }
            // another line may have taken the last one while this one was being connected
            const message = queue.pop()
            if (!message) break
            const sent = await sendOne(line, message, settings)
            // a relay had ended this idle connection: nothing left, so another one may take it at once
            const lost = line.ended && sent.status === 'failed' && sent.reason === 'connection_lost'
            const wasIdle = lost && !again.has(message.message_id)
            if (wasIdle) queue.push(message)
            else results.push(sent)
            if (wasIdle) again.add(message.message_id)
          }
        } catch (thrown) {
          trouble ??= thrown
        } finally {
          if (line) give(line)
        }
      }
      const lines = Math.min(settings.connections_max ?? connectionsDefault, batch.length)
      await Promise.all(Array.from({ length: lines }, work))
      const unsent = queue.map(({ message_id }): Sent => ({ message_id, status: 'unsent' }))
      if (trouble !== null) throw troubleOf(trouble, [...results, ...unsent])
      return [...results, ...unsent]
    },
    async close() {
      closing = true
      for (const line of idle.splice(0)) {
        if (line.idle) clearTimeout(line.idle)
        line.connection.quit()
      }
    },
  }
}

function troubleOf(thrown: unknown, sent: Sent[]): ChannelTrouble {
  const error = coerceError(thrown) as SmtpError & { sent?: Sent }
  const code =
    error.code === 'EAUTH'
      ? 'email.sign_in_refused'
      : error.command === 'MAIL FROM'
        ? 'email.sender_refused'
        : // without a code of its own it is no answer of a server but a fault of ours
          error.code
          ? 'email.unreachable'
          : 'channel.broken'
  return new ChannelTrouble(code, error.message, error.sent ? [...sent, error.sent] : sent, thrown)
}

function connect(settings: EmailSettings & { password?: string }): Promise<Line> {
  const connection = new SMTPConnection({
    host: settings.host,
    port: settings.port,
    secure: settings.security === 'tls',
    requireTLS: settings.security === 'starttls',
    ignoreTLS: settings.security === 'none',
    name: settings.bounce_domain ?? settings.from_email.split('@')[1]!,
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: silenceMs,
    // without it a relay on this machine is refused for want of an outer network
    allowInternalNetworkInterfaces: true,
  })
  const line: Line = { connection, sent: 0, idle: null, ended: false }
  connection.once('end', () => (line.ended = true))
  return new Promise((resolve, reject) => {
    connection.on('error', (error: Error) => {
      line.ended = true
      reject(error)
    })
    connection.connect((refused?: Error | null) => {
      if (refused) return reject(refused)
      if (!settings.user) return resolve(line)
      const credentials = { user: settings.user, pass: settings.password ?? '' }
      connection.login({ credentials }, (wrong?: Error | null) => {
        if (!wrong) return resolve(line)
        connection.close()
        reject(wrong)
      })
    })
  })
}

/** Sends one message and says what became of it. Throws only what troubles the whole channel. */
function sendOne(line: Line, message: Outgoing, settings: EmailSettings): Promise<Sent> {
  const { envelope, raw } = compose(message, settings, clock())
  const text = Buffer.from(raw)
  // read for the first time when the server has answered DATA: from then on the message may leave
  let begun = false
  const stream = new Readable({
    read() {
      begun = true
      this.push(text)
      this.push(null)
    },
  })
  line.sent += 1
  return new Promise((resolve, reject) => {
    line.connection.send({ ...envelope, size: text.length }, stream, (thrown, info) => {
      if (!thrown) {
        const answer = (info as { response?: string } | undefined)?.response?.slice(0, 200)
        const said = answer ? { provider_id: answer } : {}
        return resolve({ message_id: message.message_id, status: 'accepted', ...said })
      }
      const error = thrown as SmtpError
      // nothing is wrong with this message when the sender is refused: nobody's would be taken
      const ourFault = error.command === 'MAIL FROM' && error.responseCode !== undefined
      const end = () =>
        ourFault
          ? reject(Object.assign(error, { sent: { message_id: message.message_id, status: 'unsent' } }))
          : resolve(resultOf(message.message_id, error, begun))
      if (line.ended) end()
      else line.connection.reset(end)
    })
  })
}

function resultOf(message_id: number, error: SmtpError, begun: boolean): Sent {
  const detail = (error.response ?? error.message).slice(0, 500)
  const code = error.responseCode
  if (!code) {
    return begun
      ? { message_id, status: 'uncertain', reason: 'connection_lost', detail }
      : { message_id, status: error.code === 'EENVELOPE' ? 'refused' : 'failed', reason: 'connection_lost', detail }
  }
  if (code < 500) return { message_id, status: 'failed', reason: 'deferred', detail }
  const dead = isDeadAddress(detail, error.command)
  const reason = dead ? 'address_unknown' : 'provider_refused'
  return { message_id, status: 'refused', reason, detail, address_dead: dead }
}

/** Enhanced status codes of an address that will never work; bounces.ts reads letters by the same ones. */
export const deadCodes = ['5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10', '5.2.1']

/**
 * Does this answer say that the address will never work? RFC 3463: 5.1.1 no such mailbox, 5.1.2 no such system, 5.1.3
 * bad syntax, 5.1.6 moved, 5.1.10 null MX (RFC 7505), 5.2.1 disabled. Without such a code a bare 550, 551 or 553 to
 * RCPT says it (RFC 5321 4.2.3); 5.7.x is about us, not about the address.
 */
function isDeadAddress(response: string, command: string | undefined): boolean {
  const enhanced = /\b5\.\d{1,3}\.\d{1,3}\b/.exec(response)?.[0]
  if (enhanced) return deadCodes.includes(enhanced)
  return command === 'RCPT TO' && /^55[013]\b/.test(response)
}
