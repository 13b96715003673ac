import { defineCommand } from 'citty'
import { answer } from '../command.ts'

export const build = defineCommand({
  meta: {
    name: 'build',
    description: 'Build the console, the counter and the portal, unless they are built already',
  },
  args: { json: { type: 'boolean', description: 'Print one JSON line last; progress goes to stderr' } },
  async run({ args }) {
    const { buildWeb } = await import('../../../web/build/build-web.ts')
    const is_new = await buildWeb({ log: (line) => process.stderr.write(`${line}\n`) })
    answer(args, { is_new }, () => [is_new ? 'Built.' : 'Nothing to do: built from these sources already.'])
  },
})
