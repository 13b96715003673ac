/** Adding an address: its code, and for one of another card the question whether the two are one. */
import { useState, type FormEvent } from 'react'
import { call, touch, type Answer } from '../kit/call.ts'
import { useFormat } from '../kit/format.ts'
import { useTexts } from '../kit/i18n.ts'
import type { Program } from './app.tsx'
import { Button, Field, Problem } from './parts.tsx'

type Bound = Answer<'POST /v1/portal/addresses'>

export function AddAddress({ program }: { program: Program }) {
  const { t, language } = useTexts()
  const [way, setWay] = useState(program.ways[0]!)
  const [address, setAddress] = useState('')
  const [code_id, setCodeId] = useState<string | null>(null)
  const [code, setCode] = useState('')
  const [bound, setBound] = useState<Bound | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const send = async (merge: boolean) => {
    setBusy(true)
    setError(null)
    try {
      if (code_id === null) {
        const body = { [way]: address, language }
        setCodeId((await call('POST /v1/portal/addresses/codes', { body })).code_id)
      } else {
        setBound(await call('POST /v1/portal/addresses', { body: { code_id, code, merge } }))
        await touch('profile', 'home', 'history', 'gifts')
      }
    } catch (thrown) {
      setError(thrown)
    } finally {
      setBusy(false)
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void send(false)
  }
  if (bound?.outcome === 'known') {
    return (
      <>
        <Known other={bound.other!} />
        <Problem error={error} />
        <Button kind="main" disabled={isBusy} onClick={() => void send(true)}>
          {t('portal:me.merge')}
        </Button>
      </>
    )
  }
  if (bound) return <p role="status">{t(bound.outcome === 'merged' ? 'portal:me.merged' : 'portal:me.added')}</p>
  return (
    <form className="stack" onSubmit={submit}>
      {code_id === null ? <WaySwitch program={program} way={way} set={setWay} /> : null}
      {code_id === null ? (
        <Field
          key={way}
          label={t(way === 'email' ? 'portal:signIn.email' : 'portal:signIn.phone')}
          type={way === 'email' ? 'email' : 'tel'}
          value={address}
          onChange={(event) => setAddress(event.target.value)}
          required
        />
      ) : (
        <>
          <p>{t('portal:signIn.sentTo', { address })}</p>
          <CodeField value={code} set={setCode} />
        </>
      )}
      <Problem error={error} />
      <Button kind="main" type="submit" disabled={isBusy}>
        {t(code_id === null ? 'portal:signIn.send' : 'portal:signIn.enter')}
      </Button>
    </form>
  )
}

function CodeField({ value, set }: { value: string; set: (code: string) => void }) {
  const { t } = useTexts()
  return (
    <Field
      label={t('portal:signIn.code')}
      hint={t('portal:signIn.codeHint')}
      inputMode="numeric"
      autoComplete="one-time-code"
      maxLength={9}
      value={value}
      onChange={(event) => set(event.target.value)}
      required
    />
  )
}

function Known({ other }: { other: NonNullable<Bound['other']> }) {
  const { t } = useTexts()
  const format = useFormat()
  const written = {
    points: format.points(other.points),
    coupons: format.number(other.coupons),
    gifts: format.number(other.gifts),
    orders: format.number(other.orders),
  }
  return (
    <>
      <p>
        {t('portal:me.known', {
          number: String(other.number),
          day: other.joined_at ? format.dayOf(other.joined_at) : '–',
        })}
      </p>
      <p>{t('portal:me.knownHas', written)}</p>
      <p>{t('portal:me.knownAsk')}</p>
    </>
  )
}

type Way = Program['ways'][number]

function WaySwitch({ program, way, set }: { program: Program; way: Way; set: (way: Way) => void }) {
  const { t } = useTexts()
  if (program.ways.length < 2) return null
  return (
    <div className="switch" role="group">
      {program.ways.map((one) => (
        <button key={one} type="button" aria-pressed={way === one} onClick={() => set(one)}>
          {t(one === 'email' ? 'portal:signIn.byEmail' : 'portal:signIn.byPhone')}
        </button>
      ))}
    </div>
  )
}
