/** What clerks ask for, on the counter of whoever answers for them: one tap. */
import { useEffect, useState } from 'react'
import { call, touch, type Row } from '../kit/call.ts'
import { useFormat } from '../kit/format.ts'
import { useTexts } from '../kit/i18n.ts'
import { useCall } from '../kit/use-call.ts'
import { Button, Problem } from './parts.tsx'

type Request = Row<'GET /v1/admin/till-approval-requests'>

/** A clerk has eight seconds with a customer; the question is here in one or two of them. */
const every_ms = 1_500

export function Requests() {
  const { t } = useTexts()
  const read = useCall('GET /v1/admin/till-approval-requests', {}, { every_ms, fresh_ms: 0 })
  const rows = read.data?.data ?? []
  const newest = rows.at(-1)?.request_id
  useEffect(() => {
    // a phone that lies on a desk says so
    if (newest) navigator.vibrate?.(200)
  }, [newest])
  if (rows.length === 0) return null
  return (
    <section className="asked" role="alert" aria-label={t('counter:asked')}>
      {rows.map((one) => (
        <Asked key={one.request_id} one={one} />
      ))}
    </section>
  )
}

function Asked({ one }: { one: Request }) {
  const { t } = useTexts()
  const format = useFormat()
  const [problem, setProblem] = useState<unknown>(null)
  const [isSending, setSending] = useState(false)
  const { request_id, kind, amount, asked_by_name: clerk, display_name, store_name } = one
  const isMoney = kind === 'refunds' || kind === 'top_ups'
  const what = t(`counter:askedFor.${kind}`, {
    count: amount,
    amount: isMoney ? format.money(amount) : format.points(amount),
  })
  const decide = async (allow: boolean) => {
    setSending(true)
    setProblem(null)
    try {
      await call('POST /v1/admin/till-approval-requests/:request_id/decision', {
        params: { request_id },
        body: { allow },
      })
    } catch (thrown) {
      setProblem(thrown)
    }
    await touch('till-approval-requests')
    setSending(false)
  }
  return (
    <div className="stack">
      <p>
        <strong>{t('counter:askedBy', { clerk, what })}</strong>
        <br />
        <span className="small">{[display_name, store_name].filter(Boolean).join(' · ')}</span>
      </p>
      <div className="side">
        <Button kind="main" disabled={isSending} onClick={() => void decide(true)}>
          {t('counter:allow')}
        </Button>
        <Button disabled={isSending} onClick={() => void decide(false)}>
          {t('counter:refuse')}
        </Button>
      </div>
      {problem !== null && <Problem error={problem} />}
    </div>
  )
}
