/** Calling off what is to come: a version that has not begun never will, and stays to be read. */
import { Button } from '@mantine/core'
import { useState } from 'react'
import { Confirm } from '../kit/confirm.tsx'
import { useFormat } from '../kit/format.ts'
import { useTexts } from '../kit/i18n.ts'
import { useActorName } from './actor.ts'

interface Props {
  version: number
  effective_from: string
  callOff: (version: number) => Promise<unknown>
}

export function CallOffButton({ version, effective_from, callOff }: Props) {
  const { t } = useTexts()
  const format = useFormat()
  const [asking, setAsking] = useState(false)
  const number = format.number(version)
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={() => setAsking(true)}>
        {t('rules:callOff.verb')}
      </Button>
      <Confirm
        opened={asking}
        close={() => setAsking(false)}
        title={t('rules:callOff.title', { version: number })}
        verb={t('rules:callOff.confirm', { version: number })}
        keep={t('rules:callOff.keep')}
        act={() => callOff(version)}
      >
        {t('rules:callOff.text', { at: format.moment(effective_from) })}
      </Confirm>
    </>
  )
}

/** Who called a version off and when; nothing where nobody did. */
export function useCalledOff(): (row: {
  called_off_at: string | null
  called_off_by: string | null
}) => string | null {
  const { t } = useTexts()
  const format = useFormat()
  const nameOf = useActorName()
  return ({ called_off_at, called_off_by }) =>
    called_off_at === null
      ? null
      : t('rules:callOff.done', { at: format.moment(called_off_at), who: nameOf(called_off_by ?? '') })
}
