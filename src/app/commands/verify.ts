import { defineCommand } from 'citty'
import { verify } from '../../base/verify.ts'
import { checks } from '../checks.ts'
import { answer, everyFlag, withProgram } from '../command.ts'

export const verifyCommand = defineCommand({
  meta: {
    name: 'verify',
    description: 'Re-prove the books: ledger, balances, statistics, messages; exit 1 if a check fails',
  },
  args: { ...everyFlag },
  async run({ args }) {
    const found = await withProgram(args, { command: 'verify', migrate: false }, ({ db }) => verify(db, checks))
    answer(args, found, () =>
      found.checks.map((check) => `${check.ok ? 'ok  ' : 'FAIL'} ${check.name}: ${check.detail}`),
    )
    if (!found.ok) process.exitCode = 1
  },
})
