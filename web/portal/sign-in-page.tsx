/** Coming in: an address, the code that was sent there, and for somebody new a name and what they agree to. */
import { useState, type FormEvent } from 'react'
import { call, type Input } from '../kit/call.ts'
import { brandHere } from '../kit/brand.ts'
import { useTexts } from '../kit/i18n.ts'
import type { Program } from './app.tsx'
import { AccountDoors } from './account-doors.tsx'
import { BrandMark } from './brand-mark.tsx'
import { readAnew } from './coming-in.ts'
import { Button, Check, Field, LanguageChoice, Problem } from './parts.tsx'
import { meantWay } from './meant-way.ts'
import { accepting, whereMet } from './place.ts'

interface Asked {
  code_id: string
  way: Program['ways'][number]
  address: string
}

export function SignInPage({ program }: { program: Program }) {
  return (
    <main className="narrow">
      <header className="brand">
        <BrandMark name={program.name} />
      </header>
      <SignInSteps program={program} />
      <AccountDoors program={program} />
      <LanguageChoice />
    </main>
  )
}

/** An address, the code, and for somebody new the few questions of joining. */
interface StepsProps {
  program: Program
  title?: string
  lead?: string
  /** Where the code goes, when that is known. */
  email?: string
}

export function SignInSteps({ program, title, lead, email }: StepsProps) {
  const { t } = useTexts()
  const [asked, setAsked] = useState<Asked | null>(null)
  const [code, setCode] = useState<string | null>(null)
  return (
    <>
      {program.ways.length === 0 ? (
        <p>{t('portal:signIn.closed')}</p>
      ) : !asked ? (
        <AskCode
          program={program}
          title={title ?? t('portal:signIn.title', { brand: program.name })}
          lead={lead ?? t('portal:signIn.lead')}
          email={email ?? null}
          done={setAsked}
        />
      ) : code === null ? (
        <EnterCode asked={asked} joining={setCode} other={() => setAsked(null)} />
      ) : (
        <Join program={program} asked={asked} code={code} />
      )}
    </>
  )
}

/** Sends a form by `work`; answers what stands in the way. */
function useSending(work: () => Promise<unknown>) {
  const [error, setError] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const send = async (event?: FormEvent) => {
    event?.preventDefault()
    if (isBusy) return
    setBusy(true)
    setError(null)
    try {
      await work()
    } catch (thrown) {
      setError(thrown)
    } finally {
      setBusy(false)
    }
  }
  return { error, isBusy, send }
}

interface AskProps {
  program: Program
  title: string
  lead: string
  email: string | null
  done: (asked: Asked) => void
}

function AskCode({ program, title, lead, email, done }: AskProps) {
  const { t, language } = useTexts()
  const [way, setWay] = useState(email ? 'email' : program.ways[0]!)
  const [address, setAddress] = useState(email ?? '')
  const { error, isBusy, send } = useSending(async () => {
    const meant = meantWay(address, way, program.ways)
    const body = { [meant]: address, language }
    const { code_id } = await call('POST /v1/open/portal/codes', { body })
    done({ code_id, way: meant, address: address.trim() })
  })
  return (
    // what is wrong with an address is said by the page, in the page's language
    <form className="stack" noValidate onSubmit={(event) => void send(event)}>
      <h1>{title}</h1>
      <p>{lead}</p>
      {program.ways.length > 1 && !email ? (
        <div className="switch" role="group">
          {program.ways.map((one) => (
            <button key={one} type="button" aria-pressed={way === one} onClick={() => setWay(one)}>
              {t(one === 'email' ? 'portal:signIn.byEmail' : 'portal:signIn.byPhone')}
            </button>
          ))}
        </div>
      ) : null}
      <Field
        key={way}
        label={t(way === 'email' ? 'portal:signIn.email' : 'portal:signIn.phone')}
        type={way === 'email' ? 'email' : 'tel'}
        autoComplete={way === 'email' ? 'email' : 'tel'}
        value={address}
        onChange={(event) => setAddress(event.target.value)}
        readOnly={email !== null}
        required
      />
      <Problem error={error} />
      <Button kind="main" type="submit" disabled={isBusy || address.trim() === ''}>
        {t('portal:signIn.send')}
      </Button>
    </form>
  )
}

interface EnterProps {
  asked: Asked
  joining: (code: string) => void
  other: () => void
}

function EnterCode({ asked, joining, other }: EnterProps) {
  const { t } = useTexts()
  const [code, setCode] = useState('')
  const { error, isBusy, send } = useSending(async () => {
    const body = { code_id: asked.code_id, code }
    const { outcome } = await call('POST /v1/open/portal/sessions', { body })
    if (outcome === 'joining') joining(code)
    else await readAnew()
  })
  return (
    <form className="stack" onSubmit={(event) => void send(event)}>
      <h1>{t('portal:signIn.code')}</h1>
      <p>{t('portal:signIn.sentTo', { address: asked.address })}</p>
      <Letters />
      <Field
        label={t('portal:signIn.code')}
        hint={t('portal:signIn.codeHint')}
        inputMode="numeric"
        autoComplete="one-time-code"
        className="digits"
        maxLength={9}
        value={code}
        onChange={(event) => setCode(event.target.value)}
        required
        autoFocus
      />
      <Problem error={error} />
      <Button kind="main" type="submit" disabled={isBusy}>
        {t('portal:signIn.enter')}
      </Button>
      <Button kind="bare" onClick={other}>
        {t('portal:signIn.other')}
      </Button>
    </form>
  )
}

function Join({ program, asked, code }: { program: Program; asked: Asked; code: string }) {
  const channel = asked.way === 'email' ? 'email' : 'sms'
  const work = (join: Joining) =>
    call('POST /v1/open/portal/sessions', { body: { code_id: asked.code_id, code, join } })
  return <JoinForm program={program} channel={channel} known={null} work={work} />
}

export type Joining = NonNullable<Input<'POST /v1/open/portal/sessions'>['body']['join']>
interface JoinFormProps {
  program: Program
  /** Of the address that is known: nobody is asked about another. */
  channel: 'email' | 'sms' | null
  /** A name that is known already. */
  known: string | null
  work: (join: Joining) => Promise<unknown>
}

/** A name and what one agrees to: all that joining asks. */
export function JoinForm({ program, channel: own, known, work }: JoinFormProps) {
  const { t, language } = useTexts()
  const [name, setName] = useState(known ?? '')
  const [granted, setGranted] = useState<Record<string, boolean>>({})
  const texts = program.consents.filter(({ channel }) => channel === own)
  const { error, isBusy, send } = useSending(async () => {
    const consents = texts.map(({ channel, version }) => ({
      channel: channel as 'email' | 'sms',
      version,
      granted: granted[channel] ?? false,
    }))
    await work({ name: name.trim() || null, language, ...whereMet(), pass: accepting(), consents })
    await readAnew()
  })
  return (
    <form className="stack" onSubmit={(event) => void send(event)}>
      <h1>{t('portal:join.title', { brand: program.name })}</h1>
      <p>{t('portal:join.lead')}</p>
      <Field
        label={t('portal:join.name')}
        hint={t('portal:join.nameHint')}
        autoComplete="name"
        maxLength={200}
        value={name}
        onChange={(event) => setName(event.target.value)}
        autoFocus
      />
      <fieldset className="stack" hidden={texts.length === 0}>
        <legend>{t('portal:join.consents')}</legend>
        {texts.map(({ channel, text }) => (
          <Check
            key={channel}
            label={text}
            checked={granted[channel] ?? false}
            onChange={(event) => setGranted({ ...granted, [channel]: event.target.checked })}
          />
        ))}
        <small className="muted">{t('portal:join.optional')}</small>
      </fieldset>
      <Problem error={error} />
      <Button kind="main" type="submit" disabled={isBusy}>
        {t('portal:join.act')}
      </Button>
    </form>
  )
}

/** In a trial nothing leaves the house: the letter waits where staff read it. */
function Letters() {
  const { t } = useTexts()
  if (!brandHere.has_letters) return null
  return (
    <p>
      <a href="/program/letters" target="_blank" rel="noreferrer">
        {t('portal:signIn.letters')}
      </a>
    </p>
  )
}
