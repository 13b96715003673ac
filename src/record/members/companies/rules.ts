/** To whom an order of a company counts: pure, with its why. */
import type { Credit, Parties, Party } from './types.ts'

/** Codes of the whys of a credit. */
export const creditCodes = ['company.credited', 'company.not_named', 'company.not_of_company'] as const

export interface Named {
  company_id: string
  people: Record<Party, { member_id: string; is_of_company: boolean } | null>
}

/**
 * The person whom the program says, if named and of the company on that day; else the company itself, so that who has
 * left takes nothing along and nothing is lost.
 */
export function creditOf(
  wanted: Credit,
  { company_id, people }: Named,
): Pick<Parties, 'credited' | 'member_id' | 'why'> {
  const say = (code: (typeof creditCodes)[number], credited: Credit, member_id: string) => ({
    credited,
    member_id,
    why: { codes: [code], params: { wanted, credited } },
  })
  if (wanted === 'company') return say('company.credited', 'company', company_id)
  const person = people[wanted]
  if (!person) return say('company.not_named', 'company', company_id)
  if (!person.is_of_company) return say('company.not_of_company', 'company', company_id)
  return say('company.credited', wanted, person.member_id)
}
