/** The profile, completed step by step: what is asked next, what an answer changes, and what it brings, once. */
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import * as facts from '../../base/facts.ts'
import { uuidv7 } from '../../base/ids.ts'
import { sql } from '../../base/sql.ts'
import * as members from '../../record/members/members.ts'
import { audit } from '../../record/staff/staff.ts'
import * as gifts from '../../value/gifts/gifts.ts'
import type { Reward } from '../../value/gifts/types.ts'
import { changesOf, isKnown, nextOf } from './rules.ts'
import type { AnswerBody, Step, StepsBody } from './types.ts'

const columns = sql`step_id, field, names, choices, attribute, reward, is_on`
/** Reasons of the gifts that answers bring. */
const step_reason = 'profile_step'
const completion_reason = 'profile'

async function allSteps(db: Reader): Promise<Step[]> {
  return db.rows<Step>(sql`select ${columns} from joining_steps order by position, step_id`)
}

async function completionReward(db: Reader): Promise<Reward | null> {
  const row = await db.row<{ reward: Reward | null }>(sql`select reward from joining_completion`)
  return row?.reward ?? null
}

/** The steps in their order, with how many members answered and skipped each. */
export async function steps(db: Reader) {
  const [list, counts, completion_reward, all] = [
    await allSteps(db),
    await db.rows<{ step_id: string; answered: number; skipped: number }>(sql`
      select step_id, count(*) filter (where state = 'answered')::int as answered,
        count(*) filter (where state = 'skipped')::int as skipped
      from joining_answers group by 1`),
    await completionReward(db),
    await db.row<{ completed: number }>(sql`
      select count(*)::int as completed from gifts where reason = ${completion_reason}::text`),
  ]
  const by = new Map(counts.map((row) => [row.step_id, row]))
  return {
    steps: list.map((step) => ({
      ...step,
      answered: by.get(step.step_id)?.answered ?? 0,
      skipped: by.get(step.step_id)?.skipped ?? 0,
    })),
    completion_reward,
    completed: all!.completed,
  }
}

/**
 * Keeps the steps as they stand in the list; who answered one that stays is not asked again. Throws
 * `joining_step.not_found`, `joining_step.choices_missing`.
 */
export async function keepSteps(tx: Tx, body: StepsBody): Promise<void> {
  const known = new Set((await allSteps(tx)).map((step) => step.step_id))
  const rows = body.steps.map((step, position) => {
    if (step.step_id && !known.has(step.step_id))
      throw new AppError('joining_step.not_found', { step_id: step.step_id })
    if (step.field === 'preferences' && step.choices.length === 0) throw new AppError('joining_step.choices_missing')
    if (step.field === 'attribute' && !step.attribute) throw new AppError('joining_step.attribute_missing')
    const attribute = step.field === 'attribute' ? step.attribute! : null
    return { ...step, attribute, step_id: step.step_id ?? uuidv7(tx.now), position }
  })
  await tx.run(sql`
    delete from joining_steps where step_id <> all (${rows.map((row) => row.step_id)}::uuid[])`)
  await tx.run(sql`
    insert into joining_steps (step_id, field, names, choices, attribute, reward, is_on, position, created_at,
      updated_at)
    select one.*, ${tx.now}::timestamptz, ${tx.now}::timestamptz
    from unnest(${rows.map((row) => row.step_id)}::uuid[], ${rows.map((row) => row.field)}::text[],
      ${rows.map((row) => JSON.stringify(row.names))}::jsonb[],
      ${rows.map((row) => JSON.stringify(row.choices))}::jsonb[], ${rows.map((row) => row.attribute)}::text[],
      ${rows.map((row) => (row.reward ? JSON.stringify(row.reward) : null))}::jsonb[],
      ${rows.map((row) => row.is_on)}::boolean[], ${rows.map((row) => row.position)}::int[]) as one
    on conflict (step_id) do update set field = excluded.field, names = excluded.names, choices = excluded.choices,
      attribute = excluded.attribute, reward = excluded.reward, is_on = excluded.is_on, position = excluded.position,
      updated_at = excluded.updated_at`)
  const reward = body.completion_reward ? JSON.stringify(body.completion_reward) : null
  await tx.run(sql`
    insert into joining_completion (reward, updated_at) values (${reward}::jsonb, ${tx.now}::timestamptz)
    on conflict (one) do update set reward = excluded.reward, updated_at = excluded.updated_at`)
  const after = { steps: rows.map(({ field, is_on, reward: of }) => ({ field, is_on, reward: of })) }
  await audit(tx, [{ action: 'joining_steps.kept', noun: 'program', noun_id: null, after }])
}

async function standOf(db: Reader, member_id: string) {
  const [member, list, answers] = [
    await members.memberOf(db, member_id),
    (await allSteps(db)).filter((step) => step.is_on),
    await db.rows<{ step_id: string; state: 'answered' | 'skipped' }>(sql`
      select step_id, state from joining_answers where member_id = ${member_id}::uuid`),
  ]
  const states = new Map(answers.map((row) => [row.step_id, row.state]))
  return { member, list, states }
}

/** What the member is asked next: the first that is neither answered, skipped nor known already. */
export async function nextStep(db: Reader, member_id: string) {
  const { member, list, states } = await standOf(db, member_id)
  const next = nextOf(list, states, member)
  const done = list.filter((step) => states.get(step.step_id) === 'answered' || isKnown(step, member)).length
  return {
    next: next
      ? {
          step_id: next.step_id,
          field: next.field,
          names: next.names,
          choices: next.choices,
          reward: next.reward,
        }
      : null,
    done,
    total: list.length,
    completion_reward: await completionReward(db),
  }
}

/**
 * Answers a step, or skips it (`value: null`). An answer is written into the profile and brings its reward once for
 * ever, as does the last of all; what cannot be given (a budget that is empty) refuses no answer. Throws
 * `joining_step.not_found`, `joining_step.answer_invalid`, `member.birth_date_unreadable`.
 */
export async function answer(
  tx: Tx,
  member_id: string,
  step_id: string,
  { value }: AnswerBody,
): Promise<{ rewarded: boolean; completed: boolean }> {
  // the member's row is the lock: two taps answer one after the other
  await tx.run(sql`select from members where member_id = ${member_id}::uuid for update`)
  const { member, list, states } = await standOf(tx, member_id)
  const step = list.find((one) => one.step_id === step_id)
  if (!step) throw new AppError('joining_step.not_found', { step_id })
  if (states.get(step_id) === 'answered') return { rewarded: false, completed: false }
  const state = value === null ? 'skipped' : 'answered'
  if (value !== null) {
    if (isKnown(step, member)) throw new AppError('joining_step.answer_invalid')
    const { changes, tags } = changesOf(step, value)
    if (changes) await members.update(tx, member_id, changes)
    if (tags) await members.tag(tx, [{ member_id, add: tags }])
  }
  await tx.run(sql`
    insert into joining_answers (member_id, step_id, state, at)
    values (${member_id}::uuid, ${step_id}::uuid, ${state}::text, ${tx.now}::timestamptz)
    on conflict (member_id, step_id) do update set state = excluded.state, at = excluded.at`)
  if (state === 'skipped') return { rewarded: false, completed: false }
  const isLast = list.every(
    (one) => one.step_id === step_id || states.get(one.step_id) === 'answered' || isKnown(one, member),
  )
  await tell(tx, member_id, step_id, isLast)
  return { ...(await reward(tx, member_id, step, isLast)), completed: isLast }
}

async function tell(tx: Tx, member_id: string, step_id: string, isLast: boolean): Promise<void> {
  const fact = { member_id, occurred_at: tx.now }
  await facts.write(tx, [
    { ...fact, name: 'profile.answered', data: { step_id } },
    ...(isLast ? [{ ...fact, name: 'profile.completed', data: {} }] : []),
  ])
}

async function reward(tx: Tx, member_id: string, step: Step, isLast: boolean): Promise<{ rewarded: boolean }> {
  const all = isLast ? await completionReward(tx) : null
  const wants = [
    ...(step.reward ? [{ member_id, reward: step.reward, reason: step_reason, occurrence: step.step_id }] : []),
    ...(all ? [{ member_id, reward: all, reason: completion_reason, occurrence: 'complete' }] : []),
  ]
  const outcomes = await gifts.give(tx, wants)
  return { rewarded: outcomes.some(({ outcome }) => outcome === 'given') }
}
