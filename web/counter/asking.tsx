/** Beyond the day's limit: the manager is asked on their own counter, and one tap there lets the act go on here. */
import { useEffect, useState } from 'react'
import { ApiError, call } from '../kit/call.ts'
import { useTexts } from '../kit/i18n.ts'
import { useTill } from './clerk.tsx'
import { Button, Problem } from './parts.tsx'

/** A customer waits: the answer is here within a second of the tap. */
const every_ms = 700

type Kind = 'points' | 'receipts' | 'refunds' | 'top_ups'
const kinds: readonly Kind[] = ['points', 'receipts', 'refunds', 'top_ups']

/** What the refusal says was too much; null: it was refused for something else. */
function beyond(error: unknown): { kind: Kind; amount: number } | null {
  if (!(error instanceof ApiError) || error.code !== 'till.over_limit') return null
  const kind = kinds.find((one) => one === error.params['kind'])
  const amount = Number(error.params['amount'])
  return kind && amount > 0 ? { kind, amount } : null
}

interface Props {
  error: unknown
  member_id: string | null
  /** A manager said yes: the act is sent again with this. */
  allowed: (approval: string) => void
}

export function AskManager({ error, member_id, allowed }: Props) {
  const { t } = useTexts()
  const { store_id } = useTill()
  const [request_id, setRequest] = useState<string | null>(null)
  const [ended, setEnded] = useState<'refused' | 'over' | null>(null)
  const [problem, setProblem] = useState<unknown>(null)
  const wanted = beyond(error)
  useAnswer(request_id, (state) => {
    setRequest(null)
    if (state === 'allowed') allowed(request_id!)
    else setEnded(state)
  })
  if (!wanted && request_id === null) return null
  const ask = async () => {
    setProblem(null)
    setEnded(null)
    try {
      const asked = await call('POST /v1/till/approval-requests', { body: { ...wanted!, store_id, member_id } })
      setRequest(asked.request_id)
    } catch (thrown) {
      setProblem(thrown)
    }
  }
  return (
    <div className="stack">
      {request_id === null ? (
        <Button onClick={() => void ask()}>{t('counter:askManager')}</Button>
      ) : (
        <p className="notice" role="status">
          {t('counter:askWaits')}
        </p>
      )}
      {ended && (
        <p className="notice warn" role="alert">
          {t(ended === 'refused' ? 'counter:askRefused' : 'counter:askOver')}
        </p>
      )}
      {problem !== null && <Problem error={problem} />}
    </div>
  )
}

/** Looks until there is an answer, or nobody waits for one any more. */
function useAnswer(request_id: string | null, answered: (state: 'allowed' | 'refused' | 'over') => void): void {
  useEffect(() => {
    if (request_id === null) return
    let isGone = false
    const timer = setInterval(() => {
      void call('GET /v1/till/approval-requests/:request_id', { params: { request_id } }).then(
        ({ state }) => {
          if (isGone || state === 'waiting') return
          isGone = true
          answered(state === 'used' ? 'over' : state)
        },
        // what the network lost is asked again
        () => undefined,
      )
    }, every_ms)
    return () => {
      isGone = true
      clearInterval(timer)
    }
  }, [request_id])
}
