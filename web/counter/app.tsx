/** The frame: who and which till, what waits, and the screen that the address names. */
import { useEffect, useRef, useState } from 'react'
import { brandHere } from '../kit/brand.ts'
import { useHeardClock } from '../kit/clock.ts'
import { useFormat } from '../kit/format.ts'
import { useTexts } from '../kit/i18n.ts'
import { ClerkProvider, TillContext, useClerk } from './clerk.tsx'
import { keptTill, keepTill, type Till } from './device.ts'
import { DonePage } from './done-page.tsx'
import { FindPage } from './find-page.tsx'
import { useJournal } from './journal.ts'
import { JoinPage } from './join-page.tsx'
import { LatePage } from './late-page.tsx'
import { MemberPage } from './member-page.tsx'
import { Coming, Step } from './parts.tsx'
import { go, usePlace } from './place.ts'
import { ReceiptPage } from './receipt-page.tsx'
import { ReceiptsPage } from './receipts-page.tsx'
import { Requests } from './requests.tsx'
import { SalePage } from './sale-page.tsx'
import { startSending } from './sending.ts'
import { SettingsPage } from './settings-page.tsx'
import { useWork } from './work.ts'

export function App() {
  const { t } = useTexts()
  useEffect(startSending, [])
  const waiting = (
    <main>
      <h1>{t('counter:app')}</h1>
      <Coming />
    </main>
  )
  return (
    <ClerkProvider waiting={waiting}>
      <Frame />
    </ClerkProvider>
  )
}

function Frame() {
  const { t } = useTexts()
  const { session, isOffline } = useClerk()
  const [till, setTill] = useState(keptTill)
  const { parts } = usePlace()
  const main = useRef<HTMLElement>(null)
  // kept for the day without a network
  const work = useWork()
  const mayUse = session.permissions.includes('*') || session.permissions.includes('till:use')
  const place = parts.join('/')
  // two columns are for the member beside what is theirs; a form of one thing reads downward
  const isWide = (parts[0] === 'members' && parts[2] !== 'late') || parts[0] === 'sale'
  const keep = (chosen: Till) => {
    keepTill(chosen)
    setTill(chosen)
    go('/', { replace: true })
  }
  useEffect(() => {
    document.title = [t('counter:app'), brandHere.name || 'Regulars'].join(' · ')
    // a screen reader begins at the new screen; a field that wants the focus has taken it already
    if (!main.current?.contains(document.activeElement)) main.current?.focus()
  }, [place, t])
  return (
    <>
      <header className="bar">
        <Step to="/" kind="bare">
          <img src={brandHere.icon?.url ?? '/counter/icon.svg'} width={32} height={32} alt={t('counter:home')} />
        </Step>
        <Step to="/receipts" kind="bare">
          {t('counter:receipts')}
        </Step>
        <span className="till">
          {till && (
            <Step to="/settings" kind="bare">
              {t('counter:tillName', { store: till.store_name, till: till.till })}
            </Step>
          )}
        </span>
      </header>
      {isOffline && (
        <p className="strip" role="status">
          {t('counter:offline')}
        </p>
      )}
      <ClockOff />
      <Waiting />
      {work?.manages && mayUse && !isOffline && <Requests />}
      <main ref={main} tabIndex={-1} className={isWide ? 'wide' : ''}>
        {!mayUse ? (
          <>
            <h1>{t('counter:forbidden')}</h1>
            <a className="button" href="/">
              {t('counter:console')}
            </a>
          </>
        ) : !till || parts[0] === 'settings' ? (
          <SettingsPage till={till} keep={keep} />
        ) : (
          <TillContext.Provider value={till}>
            <Screen key={place} parts={parts} />
          </TillContext.Provider>
        )}
      </main>
    </>
  )
}

/** Off by more, somebody should set it: people read it, too. */
const clock_off_ms = 5 * 60_000

/** A clock that is wrong changes nothing of the receipts; it is said all the same. */
function ClockOff() {
  const { t } = useTexts()
  const format = useFormat()
  const heard = useHeardClock()
  if (!heard || Math.abs(heard.off_ms) < clock_off_ms) return null
  return (
    <p className="strip" role="status">
      {t('counter:clockOff', { off: format.duration(Math.abs(heard.off_ms) / 1_000) })}
    </p>
  )
}

/** Receipts that are on this device alone, and those that the server would not take. */
function Waiting() {
  const { t } = useTexts()
  const journal = useJournal()
  const waits = journal.filter((entry) => entry.state === 'waiting').length
  const refused = journal.filter((entry) => entry.state === 'refused').length
  const settling = journal.filter((entry) => entry.state === 'manager').length
  if (waits + refused + settling === 0) return null
  const said = [
    waits > 0 && t('counter:waits', { count: waits }),
    refused > 0 && t('counter:conflicts', { count: refused }),
    settling > 0 && t('counter:settling', { count: settling }),
  ]
  return (
    <p className="strip" role="status">
      <a
        href="/counter/receipts"
        onClick={(event) => {
          event.preventDefault()
          go('/receipts')
        }}
      >
        {said.filter(Boolean).join(' · ')}
      </a>
    </p>
  )
}

function Screen({ parts }: { parts: string[] }) {
  const { t } = useTexts()
  const [first, second, third] = parts
  if (!first) return <FindPage />
  if (first === 'members' && second && third === 'sale') return <SalePage member_id={second} />
  if (first === 'members' && second && third === 'late') return <LatePage member_id={second} />
  if (first === 'members' && second) return <MemberPage member_id={second} />
  if (first === 'sale') return <SalePage member_id={null} />
  if (first === 'done' && second) return <DonePage number={second} />
  if (first === 'join') return <JoinPage />
  if (first === 'receipts' && second) return <ReceiptPage order_id={second} />
  if (first === 'receipts') return <ReceiptsPage />
  return (
    <>
      <h1>{t('counter:notFound')}</h1>
      <Step to="/">{t('counter:home')}</Step>
    </>
  )
}
