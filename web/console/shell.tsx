/** The frame of every page: who is signed in, navigation, search, keys. */
import { Alert, Center, Container } from '@mantine/core'
import { useLocalStorage, useNetwork } from '@mantine/hooks'
import { Outlet, useRouterState } from '@tanstack/react-router'
import { useEffect, useMemo, useRef } from 'react'
import { ApiError, whenSignedOut } from '../kit/call.ts'
import { MayOpenContext, useGo, useMayOpen } from '../kit/door.tsx'
import { createScreenFormat, FormatContext } from '../kit/format.ts'
import { chosenLanguage, nearestLanguage, setLanguage, useTexts } from '../kit/i18n.ts'
import { KeyList, useKeys, useOpened, type PageKey } from '../kit/keys.tsx'
import { Failed } from '../kit/states.tsx'
import { ForbiddenPage } from './edge-pages.tsx'
import { firstPageFor, navigation, type NavigationGroup } from './navigation.ts'
import { mayOpen } from './opening.ts'
import { PageSkeleton } from './page-skeleton.tsx'
import { SearchDialog } from './search-dialog.tsx'
import { SessionContext, signInAddress, useMay, useSessionCall, type Session } from './session.tsx'
import classes from './shell.module.css'
import { BottomBar, SideBar } from './side-bar.tsx'
import { useWaiting } from './waiting.tsx'

/** Asks for the session, then shows the page; without one, the way to sign in. */
export function Shell() {
  const read = useSessionCall()
  const go = useGo()
  const signedOut = read.error instanceof ApiError && read.error.status === 401
  useEffect(() => {
    whenSignedOut(() => go(signInAddress(read.data ? 'ended' : undefined), { replace: true }))
  })
  if (read.data) return <Inside session={read.data} ahead_ms={aheadOf(read.data, read.dataUpdatedAt)} />
  if (read.isError && !signedOut) {
    return (
      <Center mih="100vh">
        <Failed error={read.error} retry={() => void read.refetch()} />
      </Center>
    )
  }
  return (
    <Container p="lg">
      <PageSkeleton />
    </Container>
  )
}

/** In whole seconds, so that the way of an answer through the net does not draw every page anew. */
function aheadOf({ now }: Session, answered_ms: number): number {
  return Math.round((Date.parse(now) - answered_ms) / 1000) * 1000
}

function Inside({ session, ahead_ms }: { session: Session; ahead_ms: number }) {
  const { language, t } = useTexts()
  const wanted = session.staff?.locale
  useEffect(() => {
    // what this browser chose wins over what the account says
    if (wanted && !chosenLanguage()) void setLanguage(nearestLanguage(wanted), { remember: false })
  }, [wanted])
  const { program } = session
  const format = useMemo(
    () =>
      createScreenFormat({
        locale: language,
        currency: program?.currency ?? null,
        currency_decimals: program?.currency_decimals ?? 2,
        time_zone: program?.time_zone ?? 'UTC',
        ahead_ms,
      }),
    [language, program, ahead_ms],
  )
  const opens = useMemo(() => {
    const { permissions } = session
    return (to: string) => mayOpen(to, (one) => permissions.includes('*') || permissions.includes(one))
  }, [session])
  return (
    <SessionContext value={session}>
      <FormatContext value={format}>
        <a href="#content" className="rg-skip">
          {t('shell:skip')}
        </a>
        <MayOpenContext value={opens}>
          <Frame groups={groupsFor(session)} />
        </MayOpenContext>
      </FormatContext>
    </SessionContext>
  )
}

/** The entries this person may open; empty groups vanish. */
function groupsFor({ permissions }: Session): NavigationGroup[] {
  const may = (permission: string | undefined) =>
    !permission || permissions.includes('*') || permissions.includes(permission)
  return navigation
    .map((group) => ({ ...group, pages: group.pages.filter(({ permission }) => may(permission)) }))
    .filter(({ pages }) => pages.length > 0)
}

function Frame({ groups }: { groups: NavigationGroup[] }) {
  const { t } = useTexts()
  const go = useGo()
  const search = useOpened()
  const keys = useOpened()
  const [folded, setFolded] = useLocalStorage({ key: 'regulars.folded', defaultValue: false })
  const { online } = useNetwork()
  const { pathname, resolved } = useRouterState({
    select: (state) => ({ pathname: state.location.pathname, resolved: state.resolvedLocation?.pathname }),
    structuralSharing: true,
  })
  const pageKeys: PageKey[] = groups
    .flatMap(({ pages }) => pages)
    .flatMap(({ letter, noun, to }) => (letter ? [{ letter, title: t(`${noun}:title`), go: () => go(to) }] : []))
  useKeys({ pages: pageKeys, search: search.open, list: keys.open })
  const may = useMay()
  const waiting = useWaiting()
  const opens = useMayOpen()
  const home = firstPageFor(may)
  useEffect(() => {
    if (pathname === '/' && home && home !== '/') go(home, { replace: true })
  }, [pathname, home])
  const first = useRef(resolved)
  useEffect(() => {
    // a new page is announced and read from its beginning; the first one begins at the top anyway
    if (resolved && first.current && resolved !== first.current) {
      document.getElementById('content')?.focus({ preventScroll: true })
    }
    first.current = resolved
  }, [resolved])
  return (
    <div className={classes.frame} data-folded={folded || undefined}>
      <SideBar
        groups={groups}
        pathname={pathname}
        waiting={waiting}
        folded={folded}
        onFold={() => setFolded(!folded)}
        onSearch={search.open}
        onKeys={keys.open}
      />
      <main id="content" className={classes.content} tabIndex={-1}>
        {!online && (
          <Alert color="yellow" mb="md">
            {t('shell:offline')}
          </Alert>
        )}
        {opens(pathname) ? <Outlet /> : <ForbiddenPage />}
      </main>
      <BottomBar {...{ groups, pathname, waiting }} onSearch={search.open} onKeys={keys.open} />
      <SearchDialog opened={search.opened} close={search.close} groups={groups} />
      <KeyList opened={keys.opened} close={keys.close} pages={pageKeys} />
    </div>
  )
}
