/**
 * A message as RFC 5322 text. Written by ourselves because composing is half the work of sending (README of the
 * benchmarks): headers are few and bodies are base64, which every text in any language survives.
 */
import type { EmailSettings, Outgoing } from '../reach/messages/types.ts'

/** A line of base64 has 76 letters (RFC 2045 6.8). */
const bodyLine = 76
/** An encoded word has 75 letters at most, 63 of them base64: 45 bytes (RFC 2047 2). */
const wordBytes = 45

/** Letters that need no encoding in a header and begin nothing that looks encoded. */
const plainWords = /^(?!.*=\?)[\x20-\x7e]*$/

export interface Composed {
  envelope: { from: string; to: string[] }
  raw: string
}

/** Composes one message; `date` is its Date header. */
export function compose(message: Outgoing, settings: EmailSettings, date: Date): Composed {
  const domain = settings.bounce_domain ?? settings.from_email.split('@')[1]!
  const headers = [
    `From: ${mailbox(settings.from_name, settings.from_email)}`,
    `To: ${mailbox(message.name ?? '', message.address)}`,
    ...(settings.reply_to ? [`Reply-To: ${settings.reply_to}`] : []),
    `Subject: ${encodeWords(message.subject)}`,
    `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${message.ref}@${domain}>`,
    'MIME-Version: 1.0',
    ...unsubscribeHeaders(message, settings),
  ]
  return {
    envelope: { from: returnPath(message.ref, settings), to: [message.address] },
    raw: `${headers.join('\r\n')}\r\n${bodyOf(message)}`,
  }
}

/** Bounces come back to an address that names the message (VERP), if we have a place that takes them. */
function returnPath(ref: string, settings: EmailSettings): string {
  return settings.bounce_domain ? `bounce+${ref}@${settings.bounce_domain}` : settings.from_email
}

/** RFC 2369 and RFC 8058: mail programs show a button of their own, and one POST is enough. */
function unsubscribeHeaders(message: Outgoing, settings: EmailSettings): string[] {
  if (!message.unsubscribe_url) return []
  const mail = settings.bounce_domain ? `, <mailto:unsubscribe+${message.ref}@${settings.bounce_domain}>` : ''
  return [
    `List-Unsubscribe: <${message.unsubscribe_url}>${mail}`,
    'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
  ]
}

function bodyOf(message: Outgoing): string {
  const text = part('text/plain', message.text)
  if (message.html === null) return text
  const boundary = `=_${message.ref}`
  return (
    `Content-Type: multipart/alternative; boundary="${boundary}"\r\n\r\n` +
    `--${boundary}\r\n${text}\r\n--${boundary}\r\n${part('text/html', message.html)}\r\n--${boundary}--\r\n`
  )
}

function part(type: string, content: string): string {
  const encoded = Buffer.from(content.replaceAll(/\r?\n/g, '\r\n'), 'utf8').toString('base64')
  const lines: string[] = []
  for (let at = 0; at < encoded.length; at += bodyLine) lines.push(encoded.slice(at, at + bodyLine))
  return `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${lines.join('\r\n')}`
}

function mailbox(name: string, address: string): string {
  if (name.trim() === '') return address
  if (!plainWords.test(name)) return `${encodeWords(name)} <${address}>`
  return `"${name.replaceAll(/[\\"]/g, String.raw`\$&`)}" <${address}>`
}

/** RFC 2047, base64; never cuts a letter in two. Plain words stay plain and are folded at spaces. */
export function encodeWords(text: string): string {
  const clean = text.replaceAll(/[\r\n\u0000]+/g, ' ')
  // a header line may have 998 letters; one shorter than this never needs folding
  if (plainWords.test(clean) && clean.length < 900) return clean
  const words: string[] = []
  let word = ''
  let bytes = 0
  for (const letter of clean) {
    const size = Buffer.byteLength(letter)
    if (bytes + size > wordBytes) {
      words.push(word)
      word = ''
      bytes = 0
    }
    word += letter
    bytes += size
  }
  words.push(word)
  return words.map((each) => `=?utf-8?B?${Buffer.from(each).toString('base64')}?=`).join('\r\n ')
}
