/** Who is signed in, to what program, with which permissions: the only state all pages share. */
import { useQueryClient } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import { call, type Answer } from '../kit/call.ts'
import { useCall, type Read } from '../kit/use-call.ts'

export type Session = Answer<'GET /v1/admin/session'>

export const SessionContext = createContext<Session | null>(null)

/** The session inside the shell. */
export function useSession(): Session {
  const session = useContext(SessionContext)
  if (!session) throw new Error('useSession is for pages inside the shell')
  return session
}

/** May the signed-in person do this (`members:write`)? For hiding what would be refused anyway. */
export function useMay(): (permission: string) => boolean {
  const { permissions } = useSession()
  return (permission) => permissions.includes('*') || permissions.includes(permission)
}

/** Who comes back to the page after so long is asked for again: a demo's clock may have been moved meanwhile. */
const freshMs = 60_000

/** Asks who is signed in. What time it is comes with it: pages ask `useFormat().present()`, never the browser. */
export function useSessionCall(): Read<Session> {
  return useCall('GET /v1/admin/session', {}, { fresh_ms: freshMs })
}

/** Ends the session and forgets everything that was read. */
export function useSignOut(): () => Promise<void> {
  const cache = useQueryClient()
  return async () => {
    await call('DELETE /v1/admin/session')
    cache.clear()
    window.location.assign('/sign-in')
  }
}

/** The sign-in page, with the way back to where one was. */
export function signInAddress(reason?: 'ended'): string {
  const { pathname, search } = window.location
  const query = new URLSearchParams()
  if (pathname !== '/' && pathname !== '/sign-in') query.set('next', pathname + search)
  if (reason) query.set('reason', reason)
  const text = query.toString()
  return `/sign-in${text ? `?${text}` : ''}`
}
