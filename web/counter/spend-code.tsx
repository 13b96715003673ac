/** Who wants to spend shows a code; then points and stored value are open for a while. */
import { useState } from 'react'
import { call, touch } from '../kit/call.ts'
import { useTexts } from '../kit/i18n.ts'
import type { AtTill } from './member-page.tsx'
import { Button, Field, Problem } from './parts.tsx'
import { ScanPart } from './scan-part.tsx'

/** Asks for the code where there is anything to spend. */
export function SpendCode({ member }: { member: AtTill }) {
  const { t } = useTexts()
  const [code, setCode] = useState('')
  const [problem, setProblem] = useState<unknown>(null)
  const hasValue = member.cards.some(({ kind, available }) => kind === 'value' && available > 0)
  if (member.points.available <= 0 && !hasValue) return null
  const take = async (shown: string) => {
    setProblem(null)
    try {
      await call('POST /v1/till/members/identify', { body: { code: shown } })
      setCode('')
      // of somebody else's code this member still may not: the notice stays
      await touch('members')
    } catch (thrown) {
      setProblem(thrown)
    }
  }
  return (
    <div className="stack" style={{ marginTop: 8 }}>
      <p className="notice">{t('counter:spendCode')}</p>
      <form
        className="side"
        style={{ alignItems: 'flex-end' }}
        onSubmit={(event) => {
          event.preventDefault()
          void take(code.trim())
        }}
      >
        <div style={{ flex: '3 1 180px' }}>
          <Field label={t('counter:spendCodeField')} value={code} onChange={(event) => setCode(event.target.value)} />
        </div>
        <Button type="submit" disabled={code.trim() === ''}>
          {t('counter:spendCodeTake')}
        </Button>
      </form>
      <ScanPart found={(shown) => void take(shown)} />
      {problem !== null && <Problem error={problem} />}
    </div>
  )
}
