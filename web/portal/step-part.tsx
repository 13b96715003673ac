/** One question at a time about the member, and what answering it brings. */
import { useState, type FormEvent } from 'react'
import { call, touch, type Answer } from '../kit/call.ts'
import { useFormat } from '../kit/format.ts'
import { nameIn, useTexts } from '../kit/i18n.ts'
import { useCall } from '../kit/use-call.ts'
import { Button, Check, Field, Problem, Section } from './parts.tsx'

type Asked = Answer<'GET /v1/portal/steps'>
type Step = NonNullable<Asked['next']>

export function StepPart() {
  const { t } = useTexts()
  const read = useCall('GET /v1/portal/steps', {}, { fresh_ms: 60_000 })
  const [thanks, setThanks] = useState<'thanks' | 'thanksReward' | null>(null)
  const asked = read.data
  if (!asked?.next && !thanks) return null
  return (
    <Section title={t('portal:step.title')}>
      {thanks ? <p role="status">{t(`portal:step.${thanks}`)}</p> : null}
      {asked?.next ? (
        <Question
          key={asked.next.step_id}
          step={asked.next}
          asked={asked}
          answered={(isRewarded) => setThanks(isRewarded ? 'thanksReward' : 'thanks')}
        />
      ) : null}
    </Section>
  )
}

function useReward() {
  const { t } = useTexts()
  const format = useFormat()
  return (reward: NonNullable<Step['reward']>) => {
    if (reward.kind === 'points') return t('portal:step.points', { points: format.points(reward.points) })
    return t(`portal:step.${reward.kind === 'coupon' || reward.kind === 'item' ? reward.kind : 'other'}`)
  }
}

interface QuestionProps {
  step: Step
  asked: Asked
  answered: (isRewarded: boolean) => void
}

function Question({ step, asked, answered }: QuestionProps) {
  const { t, language } = useTexts()
  const saying = useReward()
  const [value, setValue] = useState<string | string[]>(step.field === 'preferences' ? [] : '')
  const [error, setError] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const send = async (given: string | string[] | null) => {
    setBusy(true)
    setError(null)
    try {
      const params = { step_id: step.step_id }
      const answer = await call('POST /v1/portal/steps/:step_id', { params, body: { value: given } })
      await touch('steps', 'home', 'profile', 'history')
      if (given !== null) answered(answer.rewarded)
    } catch (thrown) {
      setError(thrown)
    } finally {
      setBusy(false)
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void send(value)
  }
  return (
    <form className="stack" onSubmit={submit}>
      <small className="muted">
        {t('portal:step.progress', { done: String(asked.done), total: String(asked.total) })}
      </small>
      <Answering
        step={step}
        label={nameIn(step.names, language, t(`portal:step.asks.${step.field}`))}
        value={value}
        set={setValue}
      />
      {step.reward ? <small>{t('portal:step.brings', { reward: saying(step.reward) })}</small> : null}
      {asked.completion_reward ? (
        <small className="muted">{t('portal:step.bringsAll', { reward: saying(asked.completion_reward) })}</small>
      ) : null}
      <Problem error={error} />
      <div className="row">
        <Button kind="bare" disabled={isBusy} onClick={() => void send(null)}>
          {t('portal:step.skip')}
        </Button>
        <Button type="submit" disabled={isBusy || value.length === 0}>
          {t('portal:step.keep')}
        </Button>
      </div>
    </form>
  )
}

interface AnsweringProps {
  step: Step
  label: string
  value: string | string[]
  set: (value: string | string[]) => void
}

/** The field that fits the question. */
function Answering({ step, label, value, set }: AnsweringProps) {
  const { t, language } = useTexts()
  if (typeof value !== 'string') {
    return (
      <fieldset className="stack">
        <legend>{label}</legend>
        {step.choices.map((choice) => (
          <Check
            key={choice.value}
            label={nameIn(choice.names, language, choice.value)}
            checked={value.includes(choice.value)}
            onChange={(event) =>
              set(event.target.checked ? [...value, choice.value] : value.filter((one) => one !== choice.value))
            }
          />
        ))}
      </fieldset>
    )
  }
  const choices =
    step.field === 'gender'
      ? (['female', 'male', 'other'] as const).map((one) => ({
          value: one,
          name: t(`portal:step.${one === 'other' ? 'neither' : one}`),
        }))
      : step.choices.map((choice) => ({ value: choice.value, name: nameIn(choice.names, language, choice.value) }))
  if (choices.length > 0) {
    return (
      <div className="field">
        <label htmlFor="step">{label}</label>
        <select id="step" value={value} onChange={(event) => set(event.target.value)}>
          <option value="" />
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.name}
            </option>
          ))}
        </select>
      </div>
    )
  }
  return (
    <Field
      label={label}
      type={step.field === 'birth_date' ? 'date' : 'text'}
      maxLength={step.field === 'birth_date' ? undefined : 200}
      value={value}
      onChange={(event) => set(event.target.value)}
    />
  )
}
