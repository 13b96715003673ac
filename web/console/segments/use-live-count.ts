/** Counts a condition while it is being built: after a pause, the last one only, and it can be stopped. */
import { useDebouncedValue } from '@mantine/hooks'
import { useCallback, useEffect, useRef, useState } from 'react'
import { call, noticeSignedOut, type Answer } from '../../kit/call.ts'
import { plain, type Group } from './condition.ts'

export type Counted = Answer<'POST /v1/admin/segments/counts'>

export interface LiveCount {
  state: 'idle' | 'counting' | 'done' | 'failed' | 'cancelled'
  /** The last answer; of the condition before while `state` is not `done`. */
  counted: Counted | null
  error: unknown
  /** When the running count began (ms of this machine). */
  since: number | null
  cancel: () => void
  again: () => void
}

/** Building goes on click by click; a count for every one would only load the database. */
const pauseMs = 350

/** `condition` null: nothing can be counted yet. */
export function useLiveCount(condition: Group | null): LiveCount {
  const wanted = condition ? JSON.stringify(plain(condition)) : null
  const [asked] = useDebouncedValue(wanted, pauseMs)
  const [shown, setShown] = useState<Omit<LiveCount, 'cancel' | 'again'>>({
    state: 'idle',
    counted: null,
    error: null,
    since: null,
  })
  const running = useRef<AbortController | null>(null)
  const start = useCallback((text: string) => {
    running.current?.abort()
    const mine = new AbortController()
    running.current = mine
    setShown((before) => ({ ...before, state: 'counting', error: null, since: performance.now() }))
    call(
      'POST /v1/admin/segments/counts',
      { body: { condition: JSON.parse(text) as never } },
      { signal: mine.signal },
    )
      .then((counted) => running.current === mine && setShown({ state: 'done', counted, error: null, since: null }))
      .catch((error: unknown) => {
        if (running.current !== mine || mine.signal.aborted) return
        noticeSignedOut(error)
        setShown((before) => ({ ...before, state: 'failed', error, since: null }))
      })
  }, [])
  useEffect(() => {
    if (asked === null) {
      running.current?.abort()
      running.current = null
      setShown((before) => ({ ...before, state: 'idle', error: null, since: null }))
      return
    }
    start(asked)
    return () => running.current?.abort()
  }, [asked, start])
  return {
    ...shown,
    // what was just changed is not counted yet, whatever is shown
    state: wanted !== asked && shown.state === 'done' ? 'counting' : shown.state,
    cancel: () => {
      running.current?.abort()
      running.current = null
      setShown((before) => ({ ...before, state: 'cancelled', since: null }))
    },
    again: () => {
      if (asked !== null) start(asked)
    },
  }
}
