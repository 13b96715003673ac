/** The steps as their form holds them. */
import type { Answer, Input } from '../../kit/call.ts'
import { isRewardSaid, rewardOf, rewardValuesOf, type RewardValues } from '../reward-fields.tsx'

export type Steps = Answer<'GET /v1/admin/joining/steps'>
type Step = Steps['steps'][number]
export type Body = NonNullable<Input<'PUT /v1/admin/joining/steps'>['body']>
export const fields = ['birth_date', 'display_name', 'gender', 'city', 'preferences', 'attribute'] as const

export interface StepValues {
  /** Tells rows apart while they move. */
  id: number
  step_id: string | null
  field: Step['field']
  names: Record<string, string>
  /** One a line. */
  choices: string
  attribute: string
  reward: RewardValues
  is_on: boolean
  counted: { answered: number; skipped: number } | null
}
export interface StepsValues {
  steps: StepValues[]
  completion: RewardValues
}

export function valuesOf({ steps, completion_reward }: Steps): StepsValues {
  return {
    steps: steps.map((step, id) => ({
      id,
      step_id: step.step_id,
      field: step.field,
      names: step.names,
      choices: step.choices.map(({ value }) => value).join('\n'),
      attribute: step.attribute ?? '',
      reward: rewardValuesOf(step.reward ?? { kind: 'none' }),
      is_on: step.is_on,
      counted: { answered: step.answered, skipped: step.skipped },
    })),
    completion: rewardValuesOf(completion_reward ?? { kind: 'none' }),
  }
}

export function newStep(id: number, field: Step['field'], names: Record<string, string>): StepValues {
  const reward = rewardValuesOf({ kind: 'points', points: 10 })
  return { id, step_id: null, field, names, choices: '', attribute: '', reward, is_on: true, counted: null }
}

const given = (values: RewardValues) => {
  const reward = isRewardSaid(values) ? rewardOf(values) : { kind: 'none' as const }
  return reward.kind === 'none' ? null : reward
}

/** What is kept; a choice that stays keeps the names it has. */
export function bodyOf({ steps, completion }: StepsValues, before: Steps): Body {
  return {
    steps: steps.map((step) => {
      const old = before.steps.find((one) => one.step_id === step.step_id)
      const lines = step.choices
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean)
      return {
        step_id: step.step_id,
        field: step.field,
        names: Object.fromEntries(Object.entries(step.names).filter(([, text]) => text.trim())),
        choices: [...new Set(lines)].map(
          (value) => old?.choices.find((choice) => choice.value === value) ?? { value, names: {} },
        ),
        attribute: step.field === 'attribute' ? step.attribute : null,
        reward: given(step.reward),
        is_on: step.is_on,
      }
    }),
    completion_reward: given(completion),
  }
}
