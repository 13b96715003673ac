/** A few points by hand, to say sorry or thanks: with a reason, within the clerk's day. */
import { useRef, useState } from 'react'
import { call, touch } from '../kit/call.ts'
import { useFormat } from '../kit/format.ts'
import { useTexts } from '../kit/i18n.ts'
import { newId } from '../kit/new-id.ts'
import { ActingProblem, isReason, useActing } from './acting.tsx'
import { useTill } from './clerk.tsx'
import { Act, Button, Field } from './parts.tsx'

export function GivePoints({ member_id }: { member_id: string }) {
  const { t } = useTexts()
  const format = useFormat()
  const { store_id } = useTill()
  const [points, setPoints] = useState('')
  const [reason, setReason] = useState('')
  // pressed again after a lost answer it is the same gift
  const source_id = useRef('')
  const wanted = Number(points)
  const acting = useActing(
    (query) => {
      source_id.current ||= newId()
      return call('POST /v1/till/members/:member_id/points', {
        params: { member_id },
        query,
        body: { points: wanted, reason: reason.trim(), source_id: source_id.current, store_id },
      })
    },
    async () => {
      source_id.current = ''
      setPoints('')
      setReason('')
      await touch('members')
    },
  )
  const change = (set: (text: string) => void) => (event: { target: { value: string } }) => {
    source_id.current = ''
    set(event.target.value)
  }
  const isReady = Number.isInteger(wanted) && wanted > 0 && isReason(reason)
  return (
    <Act title={t('counter:givePoints')}>
      <div className="stack">
        <Field
          label={t('counter:givePointsMany')}
          inputMode="numeric"
          maxLength={7}
          value={points}
          onChange={change(setPoints)}
        />
        <Field label={t('counter:reason')} maxLength={300} value={reason} onChange={change(setReason)} />
        {acting.result && (
          <p className="good" role="status">
            {t('counter:givePointsDone', {
              count: acting.result.points,
              points: format.points(acting.result.points),
              now: format.points(acting.result.available),
            })}
          </p>
        )}
        <ActingProblem {...{ acting, member_id }} />
        <Button disabled={!isReady || acting.isSending} onClick={acting.run}>
          {t('counter:givePointsDo')}
        </Button>
      </div>
    </Act>
  )
}
