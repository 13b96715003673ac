/** What a friend's link gives: shown to anybody, accepted by whoever signs in or joins first. */
import { useEffect, useState } from 'react'
import { ApiError, call, touch, type Answer } from '../kit/call.ts'
import { useFormat } from '../kit/format.ts'
import { nameIn, useTexts } from '../kit/i18n.ts'
import { useCall } from '../kit/use-call.ts'
import type { Home, Program } from './app.tsx'
import { BrandMark } from './brand-mark.tsx'
import { Button, Empty, Failed, LanguageChoice, Problem, Waiting } from './parts.tsx'
import { accepting, beginAccepting, endAccepting, go, usePlace } from './place.ts'
import { SignInSteps } from './sign-in-page.tsx'

type Offer = Answer<'GET /v1/open/portal/passes/:token'>

export function PassPage({ program, home }: { program: Program; home: Home | null }) {
  const { t } = useTexts()
  const token = usePlace().parts[1] ?? ''
  const read = useCall('GET /v1/open/portal/passes/:token', { params: { token } })
  const body = read.data ? (
    <Offered program={program} offer={read.data} token={token} isIn={home !== null} />
  ) : read.error instanceof ApiError && read.error.code === 'pass.not_found' ? (
    <Empty title={t('errors:pass.not_found')} hint={t('portal:pass.overHint')} />
  ) : read.isError ? (
    <Failed error={read.error} retry={() => void read.refetch()} />
  ) : (
    <Waiting rows={3} />
  )
  if (home) return body
  return (
    <main className="narrow">
      <header className="brand">
        <BrandMark name={program.name} />
      </header>
      {body}
      <LanguageChoice />
      {read.isError ? <Button onClick={() => go('')}>{t('portal:pass.toCard')}</Button> : null}
    </main>
  )
}

interface OfferedProps {
  program: Program
  offer: Offer
  token: string
  isIn: boolean
}

function Offered({ program, offer, token, isIn }: OfferedProps) {
  const { t, language } = useTexts()
  const [isAccepting, setAccepting] = useState(() => accepting() === token)
  const [isDone, setDone] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const isPool = offer.kind === 'pool'
  const name = (offer.name ?? nameIn(offer.names, language, '')) || (isPool ? t('portal:pool.unnamed') : '')
  const accept = async () => {
    setError(null)
    try {
      await call('POST /v1/portal/passes/:token/accept', { params: { token } })
      setDone(true)
      await touch('home', 'gifts', 'passes', 'pool', 'catalogue')
    } catch (thrown) {
      setError(thrown)
    } finally {
      endAccepting()
      setAccepting(false)
    }
  }
  // accepted before signing in: what was wanted then happens now
  useEffect(() => {
    if (isIn && isAccepting) void accept()
  }, [isIn])
  if (isDone) {
    return (
      <Empty title={t(isPool ? 'portal:pool.done' : 'portal:pass.done', { name })} hint={program.name}>
        <Button kind="main" onClick={() => go(isPool ? 'pool' : '')}>
          {t(isPool ? 'portal:pool.title' : 'portal:pass.toCard')}
        </Button>
      </Empty>
    )
  }
  if (offer.state !== 'open') {
    return (
      <Empty title={t(`portal:pass.over.${offer.state}`)} hint={t('portal:pass.overHint')}>
        <Button onClick={() => go('')}>{t('portal:pass.toCard')}</Button>
      </Empty>
    )
  }
  // asked again, the answer is the same: their own link, taken by another, back with the friend
  const isOver = error instanceof ApiError && [404, 409, 410, 422].includes(error.status)
  const begin = () => {
    beginAccepting(token)
    setAccepting(true)
  }
  return (
    <>
      <Thing offer={offer} name={name} />
      <Problem error={error} asked="tap" />
      {isOver ? (
        <Button onClick={() => go('')}>{t('portal:pass.toCard')}</Button>
      ) : isIn ? (
        <Button kind="main" disabled={isAccepting} onClick={() => void accept()}>
          {t(isPool ? 'portal:pool.accept' : 'portal:pass.accept')}
        </Button>
      ) : isAccepting ? (
        <SignInSteps program={program} title={t('portal:pass.signIn')} lead={t('portal:pass.signInLead')} />
      ) : (
        <Button kind="main" onClick={begin}>
          {t(isPool ? 'portal:pool.accept' : 'portal:pass.accept')}
        </Button>
      )}
    </>
  )
}

function Thing({ offer, name }: { offer: Offer; name: string }) {
  const { t } = useTexts()
  const format = useFormat()
  const isPool = offer.kind === 'pool'
  return (
    <article className="offered">
      <p className="muted">
        {offer.from
          ? t(isPool ? 'portal:pool.asks' : 'portal:pass.from', { name: offer.from })
          : t(isPool ? 'portal:pool.asksFriend' : 'portal:pass.fromFriend')}
      </p>
      <h1 className="wrap">{name}</h1>
      {isPool ? <p>{t('portal:pool.acceptLead')}</p> : null}
      {offer.expires_on ? (
        <p className="muted">{t('portal:pass.until_day', { day: format.day(offer.expires_on) })}</p>
      ) : null}
    </article>
  )
}
