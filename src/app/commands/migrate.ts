import { defineCommand } from 'citty'
import { readConfig } from '../../base/config.ts'
import { answer, everyFlag } from '../command.ts'
import { openProgram } from '../open.ts'

export const migrateCommand = defineCommand({
  meta: { name: 'migrate', description: 'Bring the database up to date' },
  args: { ...everyFlag },
  async run({ args }) {
    const applied: string[] = []
    const config = readConfig({ data: args.data })
    const opened = await openProgram(config, {
      command: 'migrate',
      migrate: true,
      tell: (line) => applied.push(line),
    })
    await opened.close()
    answer(args, { applied }, () => [
      applied.length === 0 ? 'Nothing to do: the database is up to date.' : applied.join('\n'),
    ])
  },
})
