/** What the commands share: the flags of every one, opening the program, telling progress, the one JSON line. */
import { readConfig, type Config } from '../base/config.ts'
import { AppError } from '../base/errors.ts'
import { initCommand, openProgram, type OpenOptions } from './open.ts'
import type { Db } from '../base/db.ts'

/** Flags that every command takes. */
export const everyFlag = {
  data: { type: 'string', description: 'The data folder (default .regulars/program); or set DATABASE_URL' },
  json: { type: 'boolean', description: 'Print one JSON line last; progress goes to stderr' },
} as const

export interface EveryFlag {
  data?: string | undefined
  json?: boolean | undefined
}

/** A running command: its database, and a signal that Ctrl-C aborts. */
export interface Running {
  db: Db
  config: Config
  signal: AbortSignal
  /** Progress for people: stderr, rewritten in place on a terminal. */
  tell(line: string): void
}

/** Opens the program, runs the work, closes; Ctrl-C aborts the signal first and ends the process when pressed again. */
export async function withProgram<T>(
  flags: EveryFlag,
  options: Pick<OpenOptions, 'command' | 'migrate' | 'create'>,
  work: (running: Running) => Promise<T>,
): Promise<T> {
  const config = readConfig({ data: flags.data })
  const ending = new AbortController()
  const interrupt = () => {
    if (ending.signal.aborted) process.exit(130)
    ending.abort()
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  try {
    const opened = await openProgram(config, { ...options, tell: (line) => tell(line) })
    try {
      return await work({ db: opened.db, config, signal: ending.signal, tell })
    } finally {
      await opened.close()
    }
  } finally {
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
}

/** What to do first where no program was founded yet. */
export function notFounded(): AppError {
  return new AppError('program.missing', { command: initCommand }, { status: 503 })
}

function tell(line: string): void {
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${line}` : `${line}\n`)
}

/** The answer of a command: one JSON line with `--json`, else lines for people. */
export function answer(flags: EveryFlag, value: unknown, lines: () => string[]): void {
  if (process.stderr.isTTY) process.stderr.write('\n')
  process.stdout.write(flags.json ? `${JSON.stringify(value)}\n` : `${lines().join('\n')}\n`)
}
