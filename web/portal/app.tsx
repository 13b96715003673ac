/** Who is here: somebody who signs in, or a member with the card and three pages more. */
import { lazy, Suspense, useEffect, useMemo, useState } from 'react'
import { call, touch, type Answer } from '../kit/call.ts'
import { createScreenFormat, FormatContext } from '../kit/format.ts'
import { useTexts } from '../kit/i18n.ts'
import { usePulse } from '../kit/pulse.ts'
import { useCall } from '../kit/use-call.ts'
import { CardPage } from './card-page.tsx'
import { Button, Empty, Failed, Tabs, Waiting } from './parts.tsx'
import { usePage } from './place.ts'
import { SignInPage } from './sign-in-page.tsx'

// the card comes first; what lies behind it is fetched when it is opened, and kept by the service worker
const AccountPage = lazy(() => import('./account-page.tsx').then((file) => ({ default: file.AccountPage })))
const HistoryPage = lazy(() => import('./history-page.tsx').then((file) => ({ default: file.HistoryPage })))
const MePage = lazy(() => import('./me-page.tsx').then((file) => ({ default: file.MePage })))
const PassPage = lazy(() => import('./pass-page.tsx').then((file) => ({ default: file.PassPage })))
const PoolPage = lazy(() => import('./pool-page.tsx').then((file) => ({ default: file.PoolPage })))
const ShopPage = lazy(() => import('./shop-page.tsx').then((file) => ({ default: file.ShopPage })))

export type Program = Answer<'GET /v1/open/portal'>
export type Home = Answer<'GET /v1/portal/home'>

/** Another device may spend or earn at any moment; looking again every so often costs little. */
const home_every_ms = 60_000

export function App() {
  const { language } = useTexts()
  const read = useCall('GET /v1/open/portal', { query: { language } }, { fresh_ms: 300_000 })
  const program = read.data
  const format = useMemo(
    () =>
      createScreenFormat({
        locale: language,
        currency: program?.currency ?? null,
        currency_decimals: program?.currency_decimals ?? 0,
        time_zone: program?.time_zone ?? 'UTC',
      }),
    [language, program?.currency, program?.currency_decimals, program?.time_zone],
  )
  useEffect(() => {
    if (program) document.title = program.name
  }, [program])
  if (!program) {
    return (
      <main>
        {read.isError ? <Failed error={read.error} retry={() => void read.refetch()} /> : <Waiting rows={4} />}
      </main>
    )
  }
  return (
    <FormatContext.Provider value={format}>
      <Suspense fallback={<Coming />}>
        <Inside program={program} />
      </Suspense>
    </FormatContext.Provider>
  )
}

function Coming() {
  return (
    <main>
      <Waiting rows={4} />
    </main>
  )
}

function Inside({ program }: { program: Program }) {
  const { t } = useTexts()
  const page = usePage()
  const [isGone, setGone] = useState(false)
  const read = useCall('GET /v1/portal/home', {}, { every_ms: home_every_ms })
  usePulse(
    read.data === undefined ? null : 'me',
    () => call('GET /v1/portal/pulse', {}),
    () => touch('home', 'code', 'history', 'gifts', 'catalogue', 'profile', 'pool'),
  )
  if (isGone) {
    return (
      <main>
        <Empty title={t('portal:me.gone')} hint={t('portal:me.goneHint')}>
          <Button onClick={() => window.location.assign('/portal/')}>{t('portal:me.start')}</Button>
        </Empty>
      </main>
    )
  }
  if (page === 'account') return <AccountPage program={program} isIn={read.data !== undefined} />
  if (read.error?.status === 401)
    return page === 'pass' ? <PassPage program={program} home={null} /> : <SignInPage program={program} />
  if (!read.data) {
    return (
      <main>
        {read.isError ? <Failed error={read.error} retry={() => void read.refetch()} /> : <Waiting rows={5} />}
      </main>
    )
  }
  const home = read.data
  return (
    <>
      <main>
        <Suspense fallback={<Waiting rows={4} />}>
          {page === 'pass' ? (
            <PassPage program={program} home={home} />
          ) : page === 'shop' ? (
            <ShopPage />
          ) : page === 'history' ? (
            <HistoryPage program={program} />
          ) : page === 'pool' ? (
            <PoolPage />
          ) : page === 'me' ? (
            <MePage program={program} home={home} gone={() => setGone(true)} />
          ) : (
            <CardPage program={program} home={home} />
          )}
        </Suspense>
      </main>
      <Tabs page={page} />
    </>
  )
}
