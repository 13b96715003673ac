/** A new member in 20 seconds: two fields and one question; the purchase that follows counts. */
import { useRef, useState, type FormEvent } from 'react'
import { ApiError, call, touch } from '../kit/call.ts'
import { useTexts } from '../kit/i18n.ts'
import { useCall } from '../kit/use-call.ts'
import { useTill } from './clerk.tsx'
import { Button, Field, Foot, Problem, Sheet, Step } from './parts.tsx'
import { go, usePlace } from './place.ts'

export function JoinPage() {
  const { t, language } = useTexts()
  const { query } = usePlace()
  const [phone, setPhone] = useState(query.get('phone') ?? '')
  const [name, setName] = useState('')
  const [agrees, setAgrees] = useState(false)
  // the same words, and the same version as proof, as the member's own portal
  const asked = useCall('GET /v1/open/portal', { query: { language } }, { fresh_ms: 300_000 }).data
  const consent = asked?.consents.find(({ channel }) => channel === 'sms')
  const { join, error, isSending } = useJoin({ phone, name, version: agrees ? (consent?.version ?? null) : null })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void join()
  }
  const known = error instanceof ApiError && error.code === 'member.identity_taken' ? error.params['member_id'] : null
  return (
    <form onSubmit={submit} className="stack">
      <h1>{t('counter:joinTitle')}</h1>
      <p className="muted">{t('counter:joinHint')}</p>
      <Field
        label={t('counter:phone')}
        type="tel"
        inputMode="tel"
        autoFocus={phone === ''}
        required
        value={phone}
        onChange={(event) => setPhone(event.target.value)}
      />
      <Field
        label={t('counter:name')}
        autoFocus={phone !== ''}
        maxLength={200}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Sheet title={t('counter:consentTitle')}>
        <blockquote style={{ margin: 0 }}>{consent?.text}</blockquote>
        <label className="tick">
          <input
            type="checkbox"
            disabled={!consent}
            checked={agrees}
            onChange={(event) => setAgrees(event.target.checked)}
          />
          {t('counter:consentYes')}
        </label>
      </Sheet>
      {typeof known === 'string' ? (
        <div className="notice warn" role="alert">
          <p>{t('counter:known')}</p>
          <Step to={`/members/${known}`}>{t('counter:knownOpen')}</Step>
        </div>
      ) : (
        error !== null && <Problem error={error} />
      )}
      <Foot>
        <Button kind="main" type="submit" disabled={isSending || phone.trim() === ''}>
          {isSending ? t('counter:paying') : t('counter:joinDo')}
        </Button>
      </Foot>
    </form>
  )
}

/** Joins once, however often it is tapped. */
function useJoin({ phone, name, version }: { phone: string; name: string; version: string | null }) {
  const { store_id } = useTill()
  const [error, setError] = useState<unknown>(null)
  const [isSending, setSending] = useState(false)
  const busy = useRef(false)
  const join = async () => {
    if (busy.current) return
    busy.current = true
    setSending(true)
    setError(null)
    const consent = { channel: 'sms', status: 'granted' as const, method: 'counter' }
    const said = version ? { consents: [{ ...consent, text_version: version }] } : {}
    try {
      const { member_id } = await call('POST /v1/admin/members', {
        body: {
          phone,
          display_name: name.trim() || null,
          kind: 'member',
          join_channel: 'counter',
          join_store_id: store_id,
          home_store_id: store_id,
          ...said,
        },
      })
      await touch('members')
      go(`/members/${member_id}?joined=1`, { replace: true })
    } catch (thrown) {
      setError(thrown)
      setSending(false)
      busy.current = false
    }
  }
  return { join, error, isSending }
}
