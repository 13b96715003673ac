import { defineCommand } from 'citty'
import { systemActor } from '../../base/actor.ts'
import { AppError } from '../../base/errors.ts'
import * as staff from '../../record/staff/staff.ts'
import { answer, everyFlag, withProgram } from '../command.ts'

export const signInLink = defineCommand({
  meta: {
    name: 'sign-in-link',
    description: 'A link that signs the owner in once, for when nobody has a password yet',
  },
  args: {
    ...everyFlag,
    address: { type: 'string', description: 'Where the console is', default: 'http://127.0.0.1:8080' },
  },
  async run({ args }) {
    const link = await withProgram(args, { command: 'sign-in-link', migrate: false }, ({ db }) =>
      db.tx({ actor: systemActor('sign-in-link') }, (tx) => staff.newSignInLink(tx, 'owner')),
    )
    if (!link) throw new AppError('staff.owner_missing')
    const address = `${args.address}/sign-in#token=${link.token}`
    answer(args, { address, expires_at: link.expires_at }, () => [address])
  },
})
