import { text } from 'node:stream/consumers'
import { defineCommand } from 'citty'
import { AppError } from '../../base/errors.ts'
import * as segments from '../../reach/segments/segments.ts'
import '../fields.ts'
import { answer, everyFlag, withProgram } from '../command.ts'

const count = defineCommand({
  meta: {
    name: 'count',
    description: 'How many members fulfil the condition on standard input (docs/api/conditions.md)',
  },
  args: { ...everyFlag },
  async run({ args }) {
    const condition = parse(await text(process.stdin))
    const counted = await withProgram(args, { command: 'segment', migrate: false }, ({ db, signal }) =>
      segments.count(db, condition, { now: db.now(), signal }),
    )
    answer(args, counted, () => [
      `${counted.count} members (${counted.ms} ms, as of ${counted.computed_at.toISOString()})`,
    ])
  },
})

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch (thrown) {
    throw new AppError('condition.not_json', {}, { status: 400, cause: thrown })
  }
}

export const segment = defineCommand({
  meta: { name: 'segment', description: 'Questions about members' },
  subCommands: { count },
})
