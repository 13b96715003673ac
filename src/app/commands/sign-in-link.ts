import { existsSync } from 'node:fs'
import path from 'node:path'
import { defineCommand } from 'citty'
import { systemActor } from '../../base/actor.ts'
import { readConfig } from '../../base/config.ts'
import { AppError } from '../../base/errors.ts'
import * as staff from '../../record/staff/staff.ts'
import { addressOf } from '../address.ts'
import { answer, everyFlag, withProgram } from '../command.ts'
import { demo_data } from './start.ts'

export const signInLink = defineCommand({
  meta: {
    name: 'sign-in-link',
    description: 'A link that signs the owner in once, for when nobody has a password yet',
  },
  args: {
    ...everyFlag,
    address: { type: 'string', description: 'Where the console is (default: where it was served last)' },
  },
  async run({ args }) {
    const flags = { ...args, data: args.data ?? demoInstead() }
    const link = await withProgram(flags, { command: 'sign-in-link', migrate: false }, ({ db }) =>
      db.tx({ actor: systemActor('sign-in-link') }, (tx) => staff.newSignInLink(tx, 'owner')),
    )
    if (!link) throw new AppError('staff.owner_missing')
    const base = args.address?.replace(/\/$/, '') ?? addressOf(readConfig({ data: flags.data }))
    const address = `${base}/sign-in#token=${link.token}`
    answer(args, { address, expires_at: link.expires_at }, () => [address])
  },
})

/** The demo of `npm start`, where nothing else was founded: the sign-in page names this command bare. */
export function demoInstead(folder = '.'): string | undefined {
  const { database_url, data } = readConfig()
  const has = (name: string) => existsSync(path.resolve(folder, name))
  return database_url === null && !has(data) && has(demo_data) ? demo_data : undefined
}
