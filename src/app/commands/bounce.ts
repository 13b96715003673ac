import { buffer } from 'node:stream/consumers'
import { defineCommand } from 'citty'
import { systemActor } from '../../base/actor.ts'
import { readBounce } from '../../channels/bounces.ts'
import * as messages from '../../reach/messages/messages.ts'
import { answer, everyFlag, withProgram } from '../command.ts'

export const bounce = defineCommand({
  meta: {
    name: 'bounce',
    description: 'Take in one returned letter or complaint from standard input (for a mail server’s pipe)',
  },
  args: {
    ...everyFlag,
    to: { type: 'string', description: 'The address it was returned to, if the letter does not say' },
  },
  async run({ args }) {
    const receipts = await readBounce(await buffer(process.stdin), args.to ? [args.to] : [])
    const received = await withProgram(args, { command: 'bounce', migrate: false }, ({ db }) =>
      db.tx({ actor: systemActor('bounce') }, (tx) => messages.receive(tx, receipts)),
    )
    answer(args, { receipts: receipts.length, ...received }, () => [
      receipts.length === 0 ? 'Nothing of ours in this letter.' : received.outcomes.join(', '),
    ])
  },
})
