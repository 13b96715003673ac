/** When a change takes effect: now, or at a stated day and time on the program's clock. */
import { Radio, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { MomentField } from '../kit/fields.tsx'
import { useFormat } from '../kit/format.ts'
import { useTexts } from '../kit/i18n.ts'
import type { FieldState } from '../kit/use-form.ts'
import { instantOfWall, wallOf } from '../kit/wall-clock.ts'

/** What is chosen, as the program's clock shows it; null: now. */
export type Chosen = string | null

const day_ms = 86_400_000

interface Props {
  field: FieldState<Chosen>
  /** What takes effect then, where that is not the whole change. */
  label?: string
  consequence?: ReactNode
}

export function TakesEffectField({ field, label, consequence }: Props) {
  const { t } = useTexts()
  const format = useFormat()
  const { faultOf } = useTakesEffect()
  // whoever states a time most often means a day that begins
  const tomorrow = () =>
    `${wallOf(new Date(format.present().getTime() + day_ms), format.time_zone).slice(0, 10)} 00:00:00`
  return (
    <Stack gap="xs">
      <Radio.Group
        label={label ?? t('rules:begins.label')}
        description={consequence}
        value={field.value === null ? 'now' : 'later'}
        onChange={(value) => field.onChange(value === 'now' ? null : tomorrow())}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
      >
        <Stack gap={8} my={6}>
          <Radio value="now" label={t('rules:begins.now')} />
          <Radio value="later" label={t('rules:begins.later')} />
        </Stack>
      </Radio.Group>
      {field.value !== null && (
        <MomentField
          field={{ ...field, error: field.error ?? faultOf(field.value) }}
          label={t('rules:begins.at')}
          min={format.today()}
        />
      )}
    </Stack>
  )
}

/** What was chosen, as a request says it; and why it cannot be, if it cannot. */
export function useTakesEffect() {
  const { t } = useTexts()
  const { time_zone, present } = useFormat()
  const instantOf = (chosen: string) => instantOfWall(chosen, time_zone)
  return {
    /** A part of the body: nothing for now, so that the server's own clock decides. */
    bodyOf: (chosen: Chosen): { effective_from?: string } =>
      chosen === null ? {} : { effective_from: instantOf(chosen) },
    faultOf: (chosen: Chosen): string | undefined =>
      chosen !== null && Date.parse(instantOf(chosen)) <= present().getTime() ? t('rules:begins.past') : undefined,
  }
}

/** A form's own check of the field `name`. */
export function useTakesEffectCheck(name: string): (chosen: Chosen) => Record<string, string> {
  const { faultOf } = useTakesEffect()
  return (chosen) => {
    const fault = faultOf(chosen)
    return fault ? { [`/${name}`]: fault } : {}
  }
}
