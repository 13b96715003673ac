/** `regulars <command>`: each command is one file in commands/, loaded only when called (start-up counts). */
import { stripVTControlCharacters } from 'node:util'
import { defineCommand, renderUsage, runCommand, type CommandDef } from 'citty'
import { AppError, coerceError, isDatabaseAway, type ErrorDetail } from '../base/errors.ts'
import { checkFlags } from './commands/flags.ts'
import { version } from './version.ts'

const root = defineCommand({
  meta: { name: 'regulars', version, description: 'Membership marketing: real orders in, a measured campaign out' },
  subCommands: {
    start: () => import('./commands/start.ts').then((m) => m.start),
    serve: () => import('./commands/serve.ts').then((m) => m.serve),
    work: () => import('./commands/serve.ts').then((m) => m.work),
    build: () => import('./commands/build.ts').then((m) => m.build),
    migrate: () => import('./commands/migrate.ts').then((m) => m.migrateCommand),
    init: () => import('./commands/init.ts').then((m) => m.init),
    'sign-in-link': () => import('./commands/sign-in-link.ts').then((m) => m.signInLink),
    demo: () => import('./commands/demo.ts').then((m) => m.demo),
    import: () => import('./commands/import.ts').then((m) => m.importCommand),
    report: () => import('./commands/report.ts').then((m) => m.report),
    segment: () => import('./commands/segment.ts').then((m) => m.segment),
    bounce: () => import('./commands/bounce.ts').then((m) => m.bounce),
    verify: () => import('./commands/verify.ts').then((m) => m.verifyCommand),
  },
})

/** Runs one command line. Errors go to stderr as `code: sentence`; exit 1 for a refusal, 2 for wrong words. */
export async function main(argv: string[]): Promise<void> {
  try {
    if (argv.length === 0 || argv.includes('--help') || argv.includes('-h')) {
      process.stdout.write(`${await usageOf(argv.filter((word) => !word.startsWith('-')))}\n`)
      return
    }
    if (argv[0] === '--version') {
      process.stdout.write(`${version}\n`)
      return
    }
    const { command } = await commandOf(argv.filter((word) => !word.startsWith('-')))
    checkFlags(argv, (await resolve(command.args)) ?? {})
    await runCommand(root, { rawArgs: argv })
  } catch (thrown) {
    process.exitCode = tell(named(coerceError(thrown)), argv.includes('--json'))
  }
}

/** A database that is not there, or went away, is the world's doing: no stack helps whoever reads it. */
function named(error: Error): Error {
  if (!isDatabaseAway(error)) return error
  return new AppError('database.unavailable', { reason: error.message }, { status: 503, cause: error })
}

/** The help of the command that the words name, or of the whole. */
async function usageOf(words: string[]): Promise<string> {
  const { command, parent } = await commandOf(words)
  return renderUsage(command, parent)
}

/** The deepest command that the words name. */
async function commandOf(words: string[]): Promise<{ command: CommandDef; parent: CommandDef | undefined }> {
  let command: CommandDef = root as CommandDef
  let parent: CommandDef | undefined
  for (const word of words) {
    const children = (await resolve(command.subCommands)) ?? {}
    const next = children[word]
    if (!next) break
    parent = command
    command = (await resolve(next)) as CommandDef
  }
  return { command, parent }
}

async function resolve<T>(value: T | (() => T | Promise<T>) | Promise<T> | undefined): Promise<T | undefined> {
  return typeof value === 'function' ? (value as () => Promise<T>)() : value
}

/** `/columns: import.field_required: fields ["occurred_at"]`: without its values nobody knows what is asked for. */
function placeOf({ pointer, code, params = {} }: ErrorDetail): string {
  // every place that is missing would list them all
  const { requiredProperties: _, ...telling } = params
  return `${pointer}: ${new AppError(code, telling).message}`
}

function tell(error: Error, json: boolean): number {
  if (error instanceof AppError) {
    process.stderr.write(`${error.message}\n`)
    for (const detail of error.errors) process.stderr.write(`  ${placeOf(detail)}\n`)
    if (json)
      process.stdout.write(
        `${JSON.stringify({ error: { code: error.code, params: error.params, errors: error.errors } })}\n`,
      )
    return error.code.startsWith('command.') ? 2 : 1
  }
  if (error.name === 'CLIError') {
    process.stderr.write(`${stripVTControlCharacters(error.message)}\nTry: npx regulars --help\n`)
    return 2
  }
  process.stderr.write(`${error.stack ?? error.message}\n`)
  return 1
}
