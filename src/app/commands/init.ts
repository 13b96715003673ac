import { defineCommand } from 'citty'
import { systemActor } from '../../base/actor.ts'
import { parseCurrency } from '../../base/money.ts'
import { parseZone } from '../../base/time.ts'
import { answer, everyFlag, withProgram } from '../command.ts'
import { found } from '../found.ts'

export const init = defineCommand({
  meta: { name: 'init', description: 'Found a program in an empty data folder or database' },
  args: {
    ...everyFlag,
    name: { type: 'string', description: 'The brand’s name', default: 'My brand' },
    currency: { type: 'string', description: 'ISO 4217 code, frozen once orders exist', required: true },
    'time-zone': {
      type: 'string',
      description: 'IANA name, e.g. Asia/Taipei, frozen once orders exist',
      required: true,
    },
    country: { type: 'string', description: 'ISO 3166 code that local phone numbers belong to (default by zone)' },
    languages: { type: 'string', description: 'en,zh-TW,zh-CN; the first is the default', default: 'en,zh-TW,zh-CN' },
  },
  async run({ args }) {
    const languages = args.languages.split(',').map((word) => word.trim())
    const wanted = {
      name: args.name,
      currency: parseCurrency(args.currency),
      time_zone: parseZone(args['time-zone']),
      languages,
      ...(args.country ? { default_country: args.country.toUpperCase() } : {}),
    }
    const program = await withProgram(args, { command: 'init', migrate: true, create: true }, ({ db }) =>
      db.tx({ actor: systemActor('init') }, (tx) => found(tx, wanted)),
    )
    answer(args, program, () => [
      `${program.name} is founded: ${program.currency}, ${program.time_zone}.`,
      'Next: npx regulars serve, or npx regulars import orders FILE',
    ])
  },
})
