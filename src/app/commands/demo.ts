import { defineCommand } from 'citty'
import { AppError } from '../../base/errors.ts'
import { createLog } from '../../base/log.ts'
import { answer, everyFlag, withProgram } from '../command.ts'

const number = (name: string, text: string, min: number): number => {
  const value = Number(text)
  if (!Number.isFinite(value) || value < min)
    throw new AppError('command.number_unreadable', { name, text, min }, { status: 400 })
  return value
}

const advanceCommand = defineCommand({
  meta: { name: 'advance', description: 'Let a demo brand live on for some days' },
  args: {
    ...everyFlag,
    days: { type: 'string', description: 'Days to move its clock', default: '7' },
    response: {
      type: 'string',
      description: 'Share of delivered messages that cause one more purchase',
      default: '0.06',
    },
  },
  async run({ args }) {
    const done = await withProgram(args, { command: 'demo', migrate: false }, async ({ db, tell }) => {
      const [{ advance }, { placeThroughApi }] = await Promise.all([
        import('../demo/advance.ts'),
        import('../demo/place.ts'),
      ])
      const api = await placeThroughApi(db, createLog({ level: 'error' }))
      try {
        const options = { days: number('days', args.days, 1), response: number('response', args.response, 0) }
        return await advance(db, { ...options, place: api.place, tell })
      } finally {
        await api.close()
      }
    })
    answer(args, done, () => [
      `${done.days} days later: ${done.orders} orders, ${done.caused} of them caused by a message.`,
    ])
  },
})

export const demo = defineCommand({
  meta: { name: 'demo', description: 'Make the demo brand in an empty data folder: a chain of tea shops' },
  args: {
    ...everyFlag,
    members: { type: 'string', description: 'How many members', default: '3000' },
    years: { type: 'string', description: 'Years of history', default: '2' },
    seed: { type: 'string', description: 'The same seed makes the same brand', default: '1' },
  },
  subCommands: { advance: advanceCommand },
  async run({ args, rawArgs }) {
    if (rawArgs[0] === 'advance') return
    const wanted = {
      members: number('members', args.members, 1),
      years: number('years', args.years, 0.25),
      seed: number('seed', args.seed, 0),
    }
    const made = await withProgram(
      args,
      { command: 'demo', migrate: true, create: true },
      async ({ db, signal, tell }) => {
        const { makeDemo } = await import('../demo/make.ts')
        return makeDemo(db, { ...wanted, signal, tell })
      },
    )
    answer(args, made, () => [
      `${made.members} members, ${made.orders} orders, ${made.refunds} refunds in ${made.seconds} s.`,
    ])
  },
})
