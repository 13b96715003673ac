/** To whom an order of a company counts, and whose tier climbs by it: pure, with its why. */
import type { Climber, Credit, CreditWanted, Parties, Party } from './types.ts'

/** Codes of the whys of a credit. */
export const creditCodes = ['company.credited', 'company.not_named', 'company.not_of_company'] as const
/** Codes of the whys of a climb, where the program says it apart. */
export const climberCodes = [
  'company.climber',
  'company.climber_not_named',
  'company.climber_not_of_company',
] as const

export interface Named {
  company_id: string
  people: Record<Party, { member_id: string; is_of_company: boolean } | null>
}

/**
 * The person whom the program says, if named and of the company on that day; else the company itself, so that who has
 * left takes nothing along and nothing is lost. The account and the tier that climbs are decided alike, each by itself.
 */
export function creditOf(
  wanted: CreditWanted,
  named: Named,
): Pick<Parties, 'credited' | 'member_id' | 'why' | 'climber' | 'climber_id' | 'climber_why'> {
  const { part: credited, member_id, why } = accountFor(wanted.credited, named, creditCodes)
  if (wanted.progress === 'same')
    return { credited, member_id, why, climber: 'same', climber_id: null, climber_why: null }
  const climbing = accountFor(wanted.progress, named, climberCodes)
  return {
    credited,
    member_id,
    why,
    climber: climbing.part,
    // one account: whatever becomes of the order, it climbs along
    climber_id: climbing.member_id === member_id ? null : climbing.member_id,
    climber_why: climbing.why,
  }
}

function accountFor(
  wanted: Credit & Climber,
  { company_id, people }: Named,
  [asSaid, notNamed, notOfCompany]: typeof creditCodes | typeof climberCodes,
) {
  const say = (code: string, part: Credit, member_id: string) => ({
    part,
    member_id,
    why: { codes: [code], params: { wanted, credited: part } },
  })
  if (wanted === 'company') return say(asSaid, 'company', company_id)
  const person = people[wanted]
  if (!person) return say(notNamed, 'company', company_id)
  if (!person.is_of_company) return say(notOfCompany, 'company', company_id)
  return say(asSaid, wanted, person.member_id)
}
