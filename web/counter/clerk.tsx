/** Who works here, at which till, and whether the network is there: what every screen shares. */
import { createContext, useContext, useEffect, useMemo, type ReactNode } from 'react'
import { createScreenFormat, FormatContext } from '../kit/format.ts'
import { useHeardClock } from '../kit/clock.ts'
import { useTexts } from '../kit/i18n.ts'
import { whenSignedOut } from '../kit/call.ts'
import { useCall } from '../kit/use-call.ts'
import { keepAhead, keepSession, keptAhead, keptSession, type Session, type Till } from './device.ts'

/** How often it is asked whether the program still answers. */
const askEveryMs = 20_000

export interface Clerk {
  session: Session
  isOffline: boolean
  refresh: () => void
}
export const ClerkContext = createContext<Clerk | null>(null)
export const TillContext = createContext<Till | null>(null)

export function useClerk(): Clerk {
  return useContext(ClerkContext)!
}
export function useTill(): Till {
  return useContext(TillContext)!
}

/** To the sign-in page that there is, and back to here. */
function signIn(): void {
  const next = window.location.pathname + window.location.search
  window.location.assign(`/sign-in?${new URLSearchParams({ next }).toString()}`)
}

/** Asks who is signed in; without a network, who it was the last time. Shows `waiting` until that is known. */
export function ClerkProvider({ waiting, children }: { waiting: ReactNode; children: ReactNode }) {
  const { language } = useTexts()
  const read = useCall('GET /v1/admin/session', {}, { every_ms: askEveryMs })
  useEffect(() => whenSignedOut(signIn), [])
  const { data, isError, error, refetch } = read
  useEffect(() => {
    if (data) keepSession({ session: data })
  }, [data])
  const heard = useHeardClock()
  useEffect(() => {
    if (heard) keepAhead(heard.ahead_ms)
  }, [heard, data])
  useEffect(() => {
    const again = () => void refetch()
    window.addEventListener('online', again)
    window.addEventListener('offline', again)
    return () => {
      window.removeEventListener('online', again)
      window.removeEventListener('offline', again)
    }
  }, [refetch])
  const isOffline = isError && error.status !== 401
  const kept = isOffline ? keptSession() : null
  const session = data ?? kept?.session ?? null
  const ahead_ms = heard?.ahead_ms ?? keptAhead() ?? 0
  const format = useMemo(() => {
    const program = session?.program
    return createScreenFormat({
      locale: language,
      currency: program?.currency ?? null,
      currency_decimals: program?.currency_decimals ?? 2,
      time_zone: program?.time_zone ?? 'UTC',
      ahead_ms,
    })
  }, [language, session, ahead_ms])
  const clerk = useMemo(
    () => session && { session, isOffline, refresh: () => void refetch() },
    [session, isOffline, refetch],
  )
  if (!clerk) return waiting
  return (
    <ClerkContext.Provider value={clerk}>
      <FormatContext.Provider value={format}>{children}</FormatContext.Provider>
    </ClerkContext.Provider>
  )
}
