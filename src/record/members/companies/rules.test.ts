/** To whom an order of a company counts: every combination of what the program says and who is named, by a plain rule. */
import { expect, test } from 'vitest'
import { creditOf, type Named } from './rules.ts'
import type { Credit, Party } from './types.ts'

const company_id = 'company'
const parties: Party[] = ['buyer', 'payer', 'user']
const standings = ['of_company', 'stranger', 'nobody'] as const
type Standing = (typeof standings)[number]

const personOf = (party: Party, standing: Standing) =>
  standing === 'nobody' ? null : { member_id: party, is_of_company: standing === 'of_company' }

const combinations = parties.reduce<Standing[][]>(
  (all) => all.flatMap((before) => standings.map((standing) => [...before, standing])),
  [[]],
)

test('whoever the program says has it, if named and of the company that day; else the company, and the answer says why', () => {
  let tried = 0
  for (const wanted of [...parties, 'company'] as Credit[]) {
    for (const combination of combinations) {
      const people = Object.fromEntries(
        parties.map((party, i) => [party, personOf(party, combination[i]!)]),
      ) as Named['people']
      const { credited, member_id, why } = creditOf(wanted, { company_id, people })
      const standing = wanted === 'company' ? null : combination[parties.indexOf(wanted)]!
      const isPerson = standing === 'of_company'
      expect([credited, member_id]).toEqual(isPerson ? [wanted, wanted] : ['company', company_id])
      expect(why).toEqual({
        codes: [
          standing === 'nobody'
            ? 'company.not_named'
            : standing === 'stranger'
              ? 'company.not_of_company'
              : 'company.credited',
        ],
        params: { wanted, credited },
      })
      tried += 1
    }
  }
  expect(tried).toBe(108)
})
