/** What is asked next, and what an answer changes: pure. */
import { AppError } from '../../base/errors.ts'
import type { Member, MemberChanges } from '../../record/members/types.ts'
import type { AnswerBody, Step } from './types.ts'

type Asked = Pick<Step, 'step_id' | 'field' | 'attribute'>
type Known = Pick<Member, 'display_name' | 'birth_date' | 'gender' | 'attributes'>

/** Does the profile say it already? Preferences are asked whatever tags there are. */
export function isKnown(step: Asked, member: Known): boolean {
  if (step.field === 'preferences') return false
  if (step.field === 'city') return Boolean(member.attributes['city'])
  if (step.field === 'attribute') return member.attributes[step.attribute!] !== undefined
  return Boolean(member[step.field])
}

/** The first step that is neither answered, skipped nor known; null: nothing is left to ask. */
export function nextOf<S extends Asked>(
  steps: readonly S[],
  states: ReadonlyMap<string, 'answered' | 'skipped'>,
  member: Known,
): S | null {
  return steps.find((step) => !states.has(step.step_id) && !isKnown(step, member)) ?? null
}

const invalid = () => new AppError('joining_step.answer_invalid')

/** What an answer changes in the profile. Throws `joining_step.answer_invalid`. */
export function changesOf(
  step: Pick<Step, 'field' | 'attribute' | 'choices'>,
  value: NonNullable<AnswerBody['value']>,
): { changes: MemberChanges | null; tags: string[] | null } {
  const allowed = new Set(step.choices.map((choice) => choice.value))
  if (step.field === 'preferences') {
    const chosen = [...new Set([value].flat())]
    if (chosen.length === 0 || chosen.some((one) => !allowed.has(one))) throw invalid()
    return { changes: null, tags: chosen }
  }
  if (typeof value !== 'string' || value.trim() === '') throw invalid()
  const text = value.trim()
  if (step.field === 'gender') {
    if (text !== 'female' && text !== 'male' && text !== 'other') throw invalid()
    return { changes: { gender: text }, tags: null }
  }
  if (step.field === 'display_name' || step.field === 'birth_date')
    return { changes: { [step.field]: text }, tags: null }
  if (allowed.size > 0 && !allowed.has(text)) throw invalid()
  const name = step.field === 'city' ? 'city' : step.attribute!
  return { changes: { attributes: { [name]: text } }, tags: null }
}
