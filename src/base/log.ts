import { pino, type Logger } from 'pino'

export type Log = Logger

/** Structured lines on stderr, so that stdout stays free for answers. Secrets and addresses are cut out by path. */
export function createLog(options: { level?: string; name?: string } = {}): Log {
  return pino(
    {
      level: options.level ?? process.env['LOG_LEVEL'] ?? 'info',
      base: options.name ? { name: options.name } : {},
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: ['password', 'token', 'authorization', 'cookie', 'req.headers.authorization', 'req.headers.cookie'],
    },
    pino.destination({ dest: 2, sync: true }),
  )
}
