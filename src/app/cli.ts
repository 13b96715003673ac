/** `regulars <command>`: each command is one file in commands/, loaded only when called (start-up counts). */
import { defineCommand, renderUsage, runCommand, type CommandDef } from 'citty'
import { AppError, coerceError } from '../base/errors.ts'
import { version } from './version.ts'

const root = defineCommand({
  meta: { name: 'regulars', version, description: 'Membership marketing: real orders in, a measured campaign out' },
  subCommands: {
    start: () => import('./commands/start.ts').then((m) => m.start),
    serve: () => import('./commands/serve.ts').then((m) => m.serve),
    work: () => import('./commands/serve.ts').then((m) => m.work),
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
    await runCommand(root, { rawArgs: argv })
  } catch (thrown) {
    process.exitCode = tell(coerceError(thrown), argv.includes('--json'))
  }
}

/** The help of the command that the words name, or of the whole. */
async function usageOf(words: string[]): Promise<string> {
  let command: CommandDef = root as CommandDef
  let parent: CommandDef | undefined
  for (const word of words) {
    const children = (await resolve(command.subCommands)) ?? {}
    const next = children[word]
    if (!next) break
    parent = command
    command = (await resolve(next)) as CommandDef
  }
  return renderUsage(command, parent)
}

async function resolve<T>(value: T | (() => T | Promise<T>) | Promise<T> | undefined): Promise<T | undefined> {
  return typeof value === 'function' ? (value as () => Promise<T>)() : value
}

function tell(error: Error, json: boolean): number {
  if (error instanceof AppError) {
    process.stderr.write(`${error.message}\n`)
    for (const detail of error.errors) process.stderr.write(`  ${detail.pointer}: ${detail.code}\n`)
    if (json)
      process.stdout.write(
        `${JSON.stringify({ error: { code: error.code, params: error.params, errors: error.errors } })}\n`,
      )
    return 1
  }
  if (error.name === 'CLIError') {
    process.stderr.write(`${error.message}\nTry: npx regulars --help\n`)
    return 2
  }
  process.stderr.write(`${error.stack ?? error.message}\n`)
  return 1
}
