/** To whom an order of a company counts: every combination of what the program says and who is named, by a plain rule. */
import { expect, test } from 'vitest'
import { creditOf, type Named } from './rules.ts'
import type { Climber, Credit, Party } from './types.ts'

const company_id = 'company'
const parties: Party[] = ['buyer', 'payer', 'user']
const credits: Credit[] = [...parties, 'company']
const standings = ['of_company', 'stranger', 'nobody'] as const
type Standing = (typeof standings)[number]

const personOf = (party: Party, standing: Standing) =>
  standing === 'nobody' ? null : { member_id: party, is_of_company: standing === 'of_company' }

const combinations = parties
  .reduce<Standing[][]>((all) => all.flatMap((before) => standings.map((standing) => [...before, standing])), [[]])
  .map((combination) => ({
    people: Object.fromEntries(
      parties.map((party, i) => [party, personOf(party, combination[i]!)]),
    ) as Named['people'],
    standingOf: (wanted: Credit) => (wanted === 'company' ? null : combination[parties.indexOf(wanted)]!),
  }))

const codeOf = (standing: Standing | null, [asSaid, notNamed, notOfCompany]: [string, string, string]) =>
  standing === 'nobody' ? notNamed : standing === 'stranger' ? notOfCompany : asSaid

test('whoever the program says has it, if named and of the company that day; else the company, and the answer says why', () => {
  let tried = 0
  for (const wanted of credits) {
    for (const { people, standingOf } of combinations) {
      const { credited, member_id, why, ...climbing } = creditOf(
        { credited: wanted, progress: 'same' },
        { company_id, people },
      )
      const standing = standingOf(wanted)
      expect([credited, member_id]).toEqual(standing === 'of_company' ? [wanted, wanted] : ['company', company_id])
      expect(why).toEqual({
        codes: [codeOf(standing, ['company.credited', 'company.not_named', 'company.not_of_company'])],
        params: { wanted, credited },
      })
      expect(climbing).toEqual({ climber: 'same', climber_id: null, climber_why: null })
      tried += 1
    }
  }
  expect(tried).toBe(108)
})

test('whose tier climbs is said apart and decided alike; one account needs no second', () => {
  for (const credited of credits) {
    for (const progress of credits) {
      for (const { people, standingOf } of combinations) {
        const wanted: { credited: Credit; progress: Climber } = { credited, progress }
        const decided = creditOf(wanted, { company_id, people })
        const standing = standingOf(progress)
        const climber = standing === 'of_company' ? progress : 'company'
        const account = climber === 'company' ? company_id : climber
        expect(decided.climber).toBe(climber)
        expect(decided.climber_id ?? decided.member_id).toBe(account)
        if (account === decided.member_id) expect(decided.climber_id).toBeNull()
        expect(decided.climber_why).toEqual({
          codes: [
            codeOf(standing, ['company.climber', 'company.climber_not_named', 'company.climber_not_of_company']),
          ],
          params: { wanted: progress, credited: climber },
        })
      }
    }
  }
})
