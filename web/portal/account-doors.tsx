/** The buttons of accounts elsewhere: each leads to its provider and back to the account page. */
import { useState } from 'react'
import { call } from '../kit/call.ts'
import { useTexts } from '../kit/i18n.ts'
import type { Program } from './app.tsx'
import { Button, Problem } from './parts.tsx'

export function AccountDoors({ program }: { program: Program }) {
  const { t } = useTexts()
  const [error, setError] = useState<unknown>(null)
  if (program.accounts.length === 0) return null
  const leave = async (provider: string) => {
    setError(null)
    try {
      window.location.assign((await call('POST /v1/open/portal/accounts/:provider', { params: { provider } })).url)
    } catch (thrown) {
      setError(thrown)
    }
  }
  return (
    <div className="stack">
      {program.ways.length > 0 ? <p className="muted or">{t('portal:signIn.or')}</p> : null}
      {program.accounts.map(({ provider, name }) => (
        <Button key={provider} onClick={() => void leave(provider)}>
          {t('portal:signIn.by', { name })}
        </Button>
      ))}
      <Problem error={error} asked="tap" />
    </div>
  )
}
