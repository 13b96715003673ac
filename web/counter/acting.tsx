/** Acts that a clerk does for a reason, within limits: one at a time, and a manager's code where it takes one. */
import { useRef, useState } from 'react'
import { ApiError } from '../kit/call.ts'
import { useTexts } from '../kit/i18n.ts'
import { AskManager } from './asking.tsx'
import { Field, Problem } from './parts.tsx'

/** What these codes say: beyond the day, or a code that did not help. */
const asksForCode = ['till.over_limit', 'till.approval_unusable', 'till.approval_locked']

/** A query with the code, or none. */
export type Approval = { approval: string } | Record<string, never>

export interface Acting<Result> {
  run: () => void
  /** The same with what a manager allowed. */
  runWith: (approval: string) => void
  error: unknown
  isSending: boolean
  result: Result | null
  /** What was typed of a manager's code; null: nobody has asked for one. */
  code: string | null
  setCode: (code: string) => void
}

/** A second tap meets the first; after `till.over_limit` the manager's code goes along. */
export function useActing<Result>(
  act: (approval: Approval) => Promise<Result>,
  done: (result: Result) => void | Promise<void> = () => undefined,
): Acting<Result> {
  const [error, setError] = useState<unknown>(null)
  const [isSending, setSending] = useState(false)
  const [result, setResult] = useState<Result | null>(null)
  const [code, setCode] = useState<string | null>(null)
  const busy = useRef(false)
  const run = async (approval: string | undefined) => {
    if (busy.current) return
    busy.current = true
    setSending(true)
    setError(null)
    try {
      const answer = await act(approval ? { approval } : {})
      setResult(answer)
      setCode(null)
      await done(answer)
    } catch (thrown) {
      setError(thrown)
      if (thrown instanceof ApiError && asksForCode.includes(thrown.code)) setCode((now) => now ?? '')
    }
    busy.current = false
    setSending(false)
  }
  const typed = code?.trim()
  return {
    run: () => void run(typed),
    runWith: (approval) => void run(approval),
    error,
    isSending,
    result,
    code,
    setCode,
  }
}

interface ProblemProps {
  acting: Acting<never> | Acting<unknown>
  /** For whom, so that a manager can tell. */
  member_id?: string
}

/** What went wrong; the manager to ask, and the field for their code, if that would help. */
export function ActingProblem({ acting, member_id }: ProblemProps) {
  const { t } = useTexts()
  return (
    <>
      {acting.error !== null && <Problem error={acting.error} />}
      {acting.code !== null && (
        <AskManager error={acting.error} member_id={member_id ?? null} allowed={acting.runWith} />
      )}
      {acting.code !== null && (
        <Field
          label={t('counter:approval')}
          hint={t('counter:approvalHint')}
          inputMode="numeric"
          maxLength={12}
          value={acting.code}
          onChange={(event) => acting.setCode(event.target.value)}
        />
      )}
    </>
  )
}

/** A reason is more than two letters. */
export const isReason = (reason: string) => reason.trim().length >= 3
