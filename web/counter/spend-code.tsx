/** Who wants to use what is theirs shows a code, once; then it is open at this till for a while. */
import { useState } from 'react'
import { call, touch } from '../kit/call.ts'
import { useTexts } from '../kit/i18n.ts'
import { useTill } from './clerk.tsx'
import { channelOf } from './device.ts'
import type { AtTill } from './member-page.tsx'
import { Button, Field, Problem } from './parts.tsx'
import { ScanPart } from './scan-part.tsx'

/** Asks for the code, until it was this member's. */
export function SpendCode({ member }: { member: AtTill }) {
  const { t } = useTexts()
  const till = channelOf(useTill())
  const [code, setCode] = useState('')
  const [problem, setProblem] = useState<unknown>(null)
  const [isOther, setOther] = useState(false)
  const take = async (shown: string) => {
    setProblem(null)
    setOther(false)
    try {
      const { member_id, may_spend } = await call('POST /v1/till/members/identify', { body: { code: shown, till } })
      setCode('')
      setOther(member_id !== member.member_id || !may_spend)
      await touch('members')
    } catch (thrown) {
      setProblem(thrown)
    }
  }
  return (
    <div className="stack" style={{ marginBlock: 8 }}>
      <p className="notice">{t('counter:spendCode')}</p>
      <form
        className="side level"
        onSubmit={(event) => {
          event.preventDefault()
          void take(code.trim())
        }}
      >
        <div>
          <Field label={t('counter:spendCodeField')} value={code} onChange={(event) => setCode(event.target.value)} />
        </div>
        <Button type="submit" disabled={code.trim() === ''}>
          {t('counter:spendCodeTake')}
        </Button>
      </form>
      <ScanPart found={(shown) => void take(shown)} />
      {isOther && (
        <p className="notice warn" role="alert">
          {t('counter:spendCodeOther')}
        </p>
      )}
      {problem !== null && <Problem error={problem} />}
    </div>
  )
}
