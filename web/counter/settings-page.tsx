/** Which till this device is, in which language, and who is signed in. Asked once. */
import { useState } from 'react'
import { call, queryClient, type Answer } from '../kit/call.ts'
import { languages, setLanguage, useTexts } from '../kit/i18n.ts'
import { useCall } from '../kit/use-call.ts'
import { useClerk } from './clerk.tsx'
import { forgetSession, type Till } from './device.ts'
import { forgetMembers } from './known.ts'
import { Button, Coming, Field, Foot, Problem, Sheet } from './parts.tsx'

/** A till's name stands in every receipt's number. */
const tillPattern = /^[A-Za-z0-9]{1,8}$/

export function SettingsPage({ till, keep }: { till: Till | null; keep: (till: Till) => void }) {
  const { t, language } = useTexts()
  const { session } = useClerk()
  // who works at some stores is offered these alone
  const work = useCall('GET /v1/till/work')
  const [store_id, setStore] = useState(till?.store_id ?? '')
  const [name, setName] = useState(till?.till ?? '1')
  const chosen = work.data?.stores.find((one) => one.store_id === store_id)
  return (
    <>
      <h1>{t('counter:setupTitle')}</h1>
      <p className="muted">{t('counter:setupHint')}</p>
      {work.isPending && <Coming />}
      {work.isError && !work.data && <Problem error={work.error} retry={() => void work.refetch()} />}
      {work.data?.stores.length === 0 && <p className="notice">{t('counter:setupNoStore')}</p>}
      {work.data && <StoreChoice stores={work.data.stores} value={store_id} choose={setStore} />}
      <Field
        label={t('counter:till')}
        hint={t('counter:tillHint')}
        value={name}
        onChange={(event) => setName(event.target.value.trim())}
      />
      <Sheet>
        <div className="field">
          <label htmlFor="language">{t('counter:language')}</label>
          <select
            id="language"
            value={language}
            onChange={(event) => void setLanguage(event.target.value as typeof language, { remember: true })}
          >
            {languages.map(({ code, name: own }) => (
              <option key={code} value={code} lang={code}>
                {own}
              </option>
            ))}
          </select>
        </div>
        <div className="row">
          <span className="grow">{t('counter:signedInAs', { name: session.staff?.name ?? '' })}</span>
          <Button kind="bare" onClick={() => void signOut()}>
            {t('counter:signOut')}
          </Button>
        </div>
        <p className="muted small">{t('counter:scanHint')}</p>
      </Sheet>
      <Foot>
        <Button
          kind="main"
          disabled={!chosen || !tillPattern.test(name)}
          onClick={() =>
            keep({ store_id, store_code: chosen!.code, store_name: chosen!.name, till: name.toUpperCase() })
          }
        >
          {t('counter:setupDo')}
        </Button>
      </Foot>
    </>
  )
}

interface StoreChoiceProps {
  stores: Answer<'GET /v1/till/work'>['stores']
  value: string
  choose: (store_id: string) => void
}

function StoreChoice({ stores, value, choose }: StoreChoiceProps) {
  const { t } = useTexts()
  return (
    <div className="field">
      <label htmlFor="store">{t('counter:store')}</label>
      <select id="store" value={value} onChange={(event) => choose(event.target.value)}>
        <option value="" />
        {stores.map((one) => (
          <option key={one.store_id} value={one.store_id}>
            {one.name}
          </option>
        ))}
      </select>
    </div>
  )
}

/** Ends the session; what waits in the journal stays, and is sent when somebody is signed in again. */
async function signOut(): Promise<void> {
  await call('DELETE /v1/admin/session')
  queryClient.clear()
  forgetSession()
  forgetMembers()
  window.location.assign('/sign-in?next=/counter/')
}
