import type { ArgsDef } from 'citty'
import { AppError } from '../../base/errors.ts'

/**
 * The parser passes over a flag it does not know, and a mistyped `--dry-run` would then do the work. Throws
 * `command.flag_unknown`.
 */
export function checkFlags(argv: readonly string[], args: ArgsDef): void {
  const known = Object.entries(args).filter(([, arg]) => arg.type !== 'positional')
  const names = known.flatMap(([name, arg]) => (arg.type === 'boolean' ? [name, `no-${name}`] : [name]))
  for (const word of argv) {
    if (word === '--') return
    const flag = /^--?([a-z][^=]*)/i.exec(word)?.[1]
    if (flag === undefined || names.includes(flag)) continue
    throw new AppError('command.flag_unknown', { flag: word, flags: known.map(([name]) => `--${name}`) })
  }
}
