/** The law of the house, held against every file: floors, imports, tables, sizes, clocks, drawers. */
import { describe, expect, it } from 'vitest'
import { readTree, rules } from './tidy.ts'

const root = new URL('..', import.meta.url).pathname

describe('the house', () => {
  const tree = readTree(root)
  for (const rule of rules) {
    it(rule.name, () => {
      expect(rule.find(tree).map((broken) => `${broken.file}: ${broken.detail} — ${rule.name}`)).toEqual([])
    })
  }
})

/** One planted violation for each rule: a rule that cannot fail is a wish. */
const planted: Record<string, { file: string; text: string }[]> = {
  'base knows no loyalty noun and imports only packages and base': [
    { file: 'src/base/wrong.ts', text: "import { x } from '../record/members/members.ts'\n" },
    { file: 'src/base/wrong.ts', text: 'export const pointsOf = (tier: string) => tier\n' },
  ],
  'the database driver, HTTP server, job runner and logger are imported in base only': [
    { file: 'src/record/members/wrong.ts', text: "import pg from 'pg'\n" },
  ],
  'a module imports base, and of modules below it only their verbs and types': [
    { file: 'src/record/members/wrong.ts', text: "import { earn } from '../../value/points/points.ts'\n" },
    { file: 'src/value/points/wrong.ts', text: "import { find } from '../../record/members/queries.ts'\n" },
    { file: 'src/value/points/wrong.ts', text: "import { server } from '../../app/server.ts'\n" },
  ],
  'every module stands on a floor': [{ file: 'src/value/unheard/unheard.ts', text: 'export {}\n' }],
  'a module has types, verbs, routes and a test, and no file of another kind of layer': [
    { file: 'src/record/members/index.ts', text: "export * from './members.ts'\n" },
    { file: 'src/record/members/utils.ts', text: 'export {}\n' },
  ],
  'only routes.ts knows HTTP': [
    { file: 'src/record/members/wrong.ts', text: "import type { FastifyReply } from 'fastify'\n" },
  ],
  'channels import base and the types of messages': [
    { file: 'src/channels/wrong.ts', text: "import { queue } from '../reach/messages/messages.ts'\n" },
  ],
  'the sdk imports types of the API only': [
    { file: 'sdk/wrong.ts', text: "import { tables } from '../src/app/api.ts'\n" },
    { file: 'sdk/wrong.ts', text: "import type { Db } from '../src/base/db.ts'\n" },
  ],
  'a web app imports the kit, the sdk and itself': [
    { file: 'web/console/wrong.tsx', text: "import { x } from '../../src/base/time.ts'\n" },
    { file: 'web/kit/wrong.tsx', text: "import { x } from '../console/shell.tsx'\n" },
  ],
  'a table is written by the module that its migration names': [
    { file: 'src/steer/campaigns/wrong.ts', text: 'const q = sql`update members set kind = 1`\n' },
  ],
  'a file has at most 400 lines': [{ file: 'src/base/wrong.ts', text: 'export {}\n'.repeat(401) }],
  'a function has at most 70 lines': [
    { file: 'src/base/wrong.ts', text: `function long() {\n${'  void 0\n'.repeat(71)}}\n` },
  ],
  'a line has at most 120 columns': [{ file: 'src/base/wrong.ts', text: `// ${'x'.repeat(120)}\n` }],
  'the clock is read in base/time only': [
    { file: 'src/base/wrong.ts', text: 'const at = Date.now()\n' },
    { file: 'src/base/wrong.ts', text: 'const at = new Date()\n' },
    { file: 'src/base/wrong.ts', text: 'const q = sql`select now()`\n' },
  ],
  'every code of an error has a sentence in each language': [
    { file: 'src/record/members/wrong.ts', text: "throw new AppError('member.unheard_of', {})\n" },
    { file: 'src/record/orders/wrong.ts', text: "const why = late ? refusal('order.unheard_of') : null\n" },
    {
      file: 'src/base/wrong.ts',
      text: "faults.add('/rules/0', known ? 'query.cancelled' : 'condition.unheard_of')\n",
    },
  ],
  'facts carry no personal data': [
    {
      file: 'src/record/members/wrong.ts',
      text: "facts.write(tx, [{ name: 'member.joined', data: { phone: row.phone } }])\n",
    },
  ],
}

describe('each rule can fail', () => {
  for (const rule of rules) {
    it(rule.name, () => {
      const cases = planted[rule.name]
      expect(cases, 'plant a violation for this rule').toBeDefined()
      for (const { file, text } of cases!) {
        const tree = readTree(root)
        tree.set(file, text)
        expect(rule.find(tree).filter((broken) => broken.file.startsWith(file.replace(/\/[^/]*$/, '')))).not.toEqual(
          [],
        )
      }
    })
  }
})
