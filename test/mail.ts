/** A real SMTP server that keeps what it is given, and can be told to behave badly. */
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerAddress } from 'smtp-server'

export interface Letter {
  from: string
  to: string
  raw: string
}

export interface MailSink {
  port: number
  /** Everything accepted, in order. */
  letters: Letter[]
  parsed(place: number): Promise<Email>
  close(): Promise<void>
}

export interface SinkManners {
  /** Milliseconds before a letter is answered. */
  slow?: number
  /** An SMTP answer for a recipient: 550, 450 …; null takes it. */
  onRecipient?: (address: string) => { code: number; text: string } | null
  /** What happens when a letter has been read: `take` it, refuse it by code, or end the connection without a word. */
  onLetter?: (letter: Letter) => 'take' | 'hang_up_after_taking' | { code: number; text: string }
}

/** Opens a sink on any free port of this machine. */
export async function openMailSink(manners: SinkManners = {}): Promise<MailSink> {
  const letters: Letter[] = []
  const refusal = (answer: { code: number; text: string }) =>
    Object.assign(new Error(answer.text), { responseCode: answer.code })
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    authOptional: true,
    closeTimeout: 200,
    onRcptTo(address: SMTPServerAddress, _session, done) {
      const answer = manners.onRecipient?.(address.address) ?? null
      done(answer ? refusal(answer) : null)
    },
    onData(stream, session, done) {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        const from = session.envelope.mailFrom ? session.envelope.mailFrom.address : ''
        const letter = { from, to: session.envelope.rcptTo[0]!.address, raw: Buffer.concat(parts).toString() }
        const answer = manners.onLetter?.(letter) ?? 'take'
        if (typeof answer === 'object') return done(refusal(answer))
        letters.push(letter)
        if (answer === 'hang_up_after_taking') {
          for (const connection of server.connections) {
            if (connection.session.id === session.id) connection._socket.destroy()
          }
          return undefined
        }
        if (manners.slow) setTimeout(() => done(null), manners.slow)
        else done(null)
        return undefined
      })
    },
  }) as SMTPServer & { connections: Set<{ session: { id: string }; _socket: { destroy(): void } }> }
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    letters,
    parsed: (place) => PostalMime.parse(letters[place]!.raw),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
