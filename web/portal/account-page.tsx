/** Back from a provider: signed in, or the few questions of joining, or a code to the e-mail that has a card. */
import { useEffect, useRef, useState } from 'react'
import { call } from '../kit/call.ts'
import { useTexts } from '../kit/i18n.ts'
import type { Program } from './app.tsx'
import { BrandMark } from './brand-mark.tsx'
import { forgetAnswer, hearAnswer, type Came } from './coming-back.ts'
import { readAnew } from './coming-in.ts'
import { Button, LanguageChoice, Problem, Waiting } from './parts.tsx'
import { accepting, go, usePlace } from './place.ts'
import { JoinForm, SignInSteps } from './sign-in-page.tsx'

/** Where one goes on: the friend's link that was being accepted, or the card. */
const onward = (page = '') => {
  forgetAnswer()
  const token = page === '' ? accepting() : null
  go(token ? `pass/${token}` : page, { replace: true })
}

export function AccountPage({ program, isIn }: { program: Program; isIn: boolean }) {
  const { t } = useTexts()
  const { query } = usePlace()
  const [came, setCame] = useState<Came | null>(null)
  const [error, setError] = useState<unknown>(null)
  const isBound = useRef(false)
  useEffect(() => {
    let isGone = false
    hearAnswer(Object.fromEntries(query))
      .then(async (answer) => {
        if (isGone) return
        setCame(answer)
        if (answer.outcome !== 'signed_in' && answer.outcome !== 'bound') return
        await readAnew()
        onward(answer.outcome === 'bound' ? 'me' : '')
      })
      .catch(setError)
    return () => void (isGone = true)
  }, [])
  useEffect(() => {
    // the code has proved that the card is theirs: the account leads to it from now on
    if (!isIn || came?.outcome !== 'known' || isBound.current) return
    isBound.current = true
    call('POST /v1/portal/accounts', {})
      .then(() => onward())
      .catch(setError)
  }, [isIn, came])
  return (
    <main className="narrow">
      <header className="brand">
        <BrandMark name={program.name} />
      </header>
      {error ? (
        <>
          <h1>{t('portal:signIn.lost')}</h1>
          <Problem error={error} />
          <Button kind="main" onClick={() => go('', { replace: true })}>
            {t('portal:signIn.again2')}
          </Button>
        </>
      ) : came?.outcome === 'joining' ? (
        <JoinForm
          program={program}
          channel={came.email ? 'email' : null}
          known={came.name}
          work={async (join) => {
            await call('POST /v1/open/portal/account-joins', { body: { join } })
            onward()
          }}
        />
      ) : came?.outcome === 'known' && !isIn ? (
        <SignInSteps
          program={program}
          title={t('portal:signIn.knownTitle')}
          lead={t('portal:signIn.knownLead', { email: came.email })}
          email={came.email!}
        />
      ) : (
        <>
          <p className="muted">{t('portal:signIn.coming')}</p>
          <Waiting rows={3} />
        </>
      )}
      <LanguageChoice />
    </main>
  )
}
