/** What a process is told from outside: flags first, then the environment, then defaults. Nothing else reads env. */
import { AppError } from './errors.ts'

export interface Config {
  /** A server to use instead of the embedded one. */
  database_url: string | null
  /** The folder of the embedded database, uploads and secrets. */
  data: string
  host: string
  port: number
  /** The public address, when a proxy stands in front; links in messages start with it. */
  base_url: string | null
  /** Where returned letters are taken in by SMTP; null for nowhere (or by `regulars bounce`). */
  bounce_port: number | null
}

/** Reads the environment; `overrides` come from flags. Errors: `command.flag_invalid` of a port that cannot be one. */
export function readConfig(
  overrides: { data?: string | undefined; port?: string | undefined; host?: string | undefined } = {},
  defaultData = '.regulars/program',
): Config {
  const env = process.env
  const config: Config = {
    // a folder named by a flag is meant, whatever the environment says
    database_url: overrides.data ? null : (env['DATABASE_URL'] ?? null),
    data: overrides.data ?? env['REGULARS_DATA'] ?? defaultData,
    host: overrides.host ?? env['HOST'] ?? '127.0.0.1',
    port: portFrom(overrides.port === undefined ? 'PORT' : '--port', overrides.port ?? env['PORT'] ?? '8080'),
    base_url: env['BASE_URL']?.replace(/\/$/, '') ?? null,
    bounce_port: env['BOUNCE_PORT'] ? portFrom('BOUNCE_PORT', env['BOUNCE_PORT']) : null,
  }
  read = config
  return config
}

function portFrom(flag: string, text: string): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port
  throw new AppError('command.flag_invalid', { flag, allowed: 'a port, 0 to 65535' })
}

let read: Config | undefined

/** The data folder of this process, as it was told when it began: where uploads lie. */
export function dataFolder(): string {
  return (read ?? readConfig()).data
}
