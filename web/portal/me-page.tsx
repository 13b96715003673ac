/** What the brand knows of me, whether it may write to me, and the way out. */
import { useState, type FormEvent } from 'react'
import { call, touch, type Answer } from '../kit/call.ts'
import { useFormat } from '../kit/format.ts'
import { useTexts } from '../kit/i18n.ts'
import { useCall } from '../kit/use-call.ts'
import type { Home, Program } from './app.tsx'
import { forgetOwn } from './own.ts'
import { PicturePart } from './picture-part.tsx'
import { PoolDoor } from './pool-page.tsx'
import { WaysPart } from './ways-part.tsx'
import { Button, Check, Failed, Field, LanguageChoice, Problem, Section, Waiting } from './parts.tsx'

type Profile = Answer<'GET /v1/portal/profile'>

export function MePage({ program, home, gone }: { program: Program; home: Home; gone: () => void }) {
  const { t, language } = useTexts()
  const format = useFormat()
  const read = useCall('GET /v1/portal/profile', { query: { language } })
  if (!read.data)
    return read.isError ? <Failed error={read.error} retry={() => void read.refetch()} /> : <Waiting rows={6} />
  const profile = read.data
  return (
    <>
      <h1>{t('portal:me.title')}</h1>
      {profile.joined_at ? (
        <p className="muted">{t('portal:me.since', { day: format.dayOf(profile.joined_at) })}</p>
      ) : null}
      <PicturePart
        picture={profile.picture}
        taken_away_at={profile.picture_taken_away_at}
        name={profile.display_name ?? ''}
      />
      <ProfileForm key={profile.birth_date} profile={profile} />
      <PoolDoor />
      <WaysPart program={program} profile={profile} />
      <Consents profile={profile} />
      <LanguageChoice
        chosen={(wanted) =>
          void call('PATCH /v1/portal/profile', { body: { locale: wanted } }).catch(() => undefined)
        }
      />
      <Devices profile={profile} />
      <Leave home={home} gone={gone} />
    </>
  )
}

function ProfileForm({ profile }: { profile: Profile }) {
  const { t } = useTexts()
  const format = useFormat()
  const [name, setName] = useState(profile.display_name ?? '')
  const [birthday, setBirthday] = useState('')
  const [error, setError] = useState<unknown>(null)
  const [isSaved, setSaved] = useState(false)
  const save = async (event: FormEvent) => {
    event.preventDefault()
    setError(null)
    try {
      const body = {
        ...(name.trim() && name.trim() !== profile.display_name ? { display_name: name.trim() } : {}),
        ...(birthday ? { birth_date: birthday } : {}),
      }
      await call('PATCH /v1/portal/profile', { body })
      await touch('profile', 'home')
      setSaved(true)
    } catch (thrown) {
      setError(thrown)
    }
  }
  const said = profile.birth_date
  return (
    <form className="stack" onSubmit={(event) => void save(event)} onChange={() => setSaved(false)}>
      <Field
        label={t('portal:me.name')}
        autoComplete="name"
        maxLength={200}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      {said ? (
        <p>
          {t('portal:me.birthday')}: {said.startsWith('--') ? said.slice(2) : format.day(said)}
          <br />
          <small className="muted">{t('portal:me.birthdayKnown')}</small>
        </p>
      ) : (
        <Field
          label={t('portal:me.birthday')}
          hint={t('portal:me.birthdayHint')}
          type="date"
          value={birthday}
          onChange={(event) => setBirthday(event.target.value)}
        />
      )}
      <Problem error={error} />
      <Button kind="main" type="submit">
        {t('portal:me.save')}
      </Button>
      {isSaved ? <p role="status">{t('portal:me.saved')}</p> : null}
    </form>
  )
}

function Consents({ profile }: { profile: Profile }) {
  const { t } = useTexts()
  const [error, setError] = useState<unknown>(null)
  if (profile.consents.length === 0) return null
  const say = async (channel: string, version: string, granted: boolean) => {
    setError(null)
    try {
      await call('PUT /v1/portal/consents', { body: { channel: channel as 'email' | 'sms', version, granted } })
      await touch('profile')
    } catch (thrown) {
      setError(thrown)
    }
  }
  return (
    <Section title={t('portal:me.reach')}>
      {profile.consents.map(({ channel, version, text, granted }) => (
        <Check
          key={channel}
          label={text}
          checked={granted}
          onChange={(event) => void say(channel, version, event.target.checked)}
        />
      ))}
      <Problem error={error} />
    </Section>
  )
}

function Devices({ profile }: { profile: Profile }) {
  const { t } = useTexts()
  const leave = async (name: 'DELETE /v1/portal/session' | 'DELETE /v1/portal/sessions') => {
    await call(name, {})
    await forgetOwn()
    window.location.assign('/portal/')
  }
  return (
    <Section title={t('portal:me.devices')}>
      <p>{t('portal:me.devicesOn', { count: profile.sessions })}</p>
      <div className="stack">
        <Button onClick={() => void leave('DELETE /v1/portal/session')}>{t('portal:me.signOut')}</Button>
        {profile.sessions > 1 ? (
          <Button onClick={() => void leave('DELETE /v1/portal/sessions')}>{t('portal:me.signOutAll')}</Button>
        ) : null}
      </div>
    </Section>
  )
}

/** Says in numbers what is lost, then asks for a second code. */
function Leave({ home, gone }: { home: Home; gone: () => void }) {
  const { t, language } = useTexts()
  const format = useFormat()
  const [code_id, setCodeId] = useState<string | null>(null)
  const [code, setCode] = useState('')
  const [error, setError] = useState<unknown>(null)
  const act = async (work: () => Promise<void>) => {
    setError(null)
    try {
      await work()
    } catch (thrown) {
      setError(thrown)
    }
  }
  const ask = () =>
    act(async () => setCodeId((await call('POST /v1/portal/erasure/codes', { body: { language } })).code_id))
  const erase = () =>
    act(async () => {
      await call('POST /v1/portal/erasure', { body: { code_id: code_id!, code } })
      gone()
      await forgetOwn()
    })
  const { available, pending } = home.points
  const points = t('portal:shop.price', { count: available + pending, points: format.points(available + pending) })
  return (
    <details className="leave">
      <summary>{t('portal:me.leave')}</summary>
      <div className="stack">
        <p>{t('portal:me.leaveLead', { points })}</p>
        {code_id === null ? (
          <Button onClick={() => void ask()}>{t('portal:me.leaveSend')}</Button>
        ) : (
          <>
            <Field
              label={t('portal:me.leaveCode')}
              inputMode="numeric"
              autoComplete="one-time-code"
              maxLength={9}
              value={code}
              onChange={(event) => setCode(event.target.value)}
            />
            <Button kind="danger" onClick={() => void erase()} disabled={code.trim() === ''}>
              {t('portal:me.leaveAct')}
            </Button>
          </>
        )}
        <Problem error={error} />
      </div>
    </details>
  )
}
