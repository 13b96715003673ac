/** Who is here: somebody who signs in, or a member with the card and three pages more. */
import { useEffect, useMemo, useState } from 'react'
import type { Answer } from '../kit/call.ts'
import { createFormat, FormatContext } from '../kit/format.ts'
import { useTexts } from '../kit/i18n.ts'
import { useCall } from '../kit/use-call.ts'
import { CardPage } from './card-page.tsx'
import { HistoryPage } from './history-page.tsx'
import { MePage } from './me-page.tsx'
import { Button, Empty, Failed, Tabs, Waiting } from './parts.tsx'
import { usePage } from './place.ts'
import { ShopPage } from './shop-page.tsx'
import { SignInPage } from './sign-in-page.tsx'

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
      createFormat({
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
      <Inside program={program} />
    </FormatContext.Provider>
  )
}

function Inside({ program }: { program: Program }) {
  const { t } = useTexts()
  const page = usePage()
  const [isGone, setGone] = useState(false)
  const read = useCall('GET /v1/portal/home', {}, { every_ms: home_every_ms })
  if (isGone) {
    return (
      <main>
        <Empty title={t('portal:me.gone')} hint={t('portal:me.goneHint')}>
          <Button onClick={() => window.location.assign('/portal/')}>{t('portal:me.start')}</Button>
        </Empty>
      </main>
    )
  }
  if (read.error?.status === 401) return <SignInPage program={program} />
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
        {page === 'shop' ? (
          <ShopPage />
        ) : page === 'history' ? (
          <HistoryPage program={program} />
        ) : page === 'me' ? (
          <MePage home={home} gone={() => setGone(true)} />
        ) : (
          <CardPage program={program} home={home} />
        )}
      </main>
      <Tabs page={page} />
    </>
  )
}
