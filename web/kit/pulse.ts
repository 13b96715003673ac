/** Has something changed elsewhere? Asked twice a second while somebody looks, so that two screens agree within one. */
import { useEffect, useRef } from 'react'

/** Half a second: the question, the answer and reading anew fit into the other half. */
const every_ms = 500
/** Who has not touched the screen for so long is not standing at a till; the page asks again when it is looked at. */
const awake_ms = 120_000

/**
 * Asks for the mark of `of` while the page is seen, and calls `changed` when it is another than before. null asks
 * nothing. What the network loses is asked again.
 */
export function usePulse(
  of: string | null,
  read: () => Promise<{ mark: number }>,
  changed: () => Promise<void>,
): void {
  const latest = useRef({ read, changed })
  latest.current = { read, changed }
  useEffect(() => {
    if (of === null) return
    let mark: number | null = null
    let timer = 0
    let awake_until = performance.now() + awake_ms
    let isGone = false
    const ask = async () => {
      window.clearTimeout(timer)
      if (isGone || document.visibilityState === 'hidden' || performance.now() > awake_until) return
      try {
        const answer = await latest.current.read()
        const isNew = mark !== null && answer.mark !== mark
        mark = answer.mark
        if (isNew && !isGone) await latest.current.changed()
      } catch {
        // no network, or signed out: the page's own reads say so
      }
      window.clearTimeout(timer)
      if (!isGone) timer = window.setTimeout(() => void ask(), every_ms)
    }
    const wake = () => {
      const slept = performance.now() > awake_until
      awake_until = performance.now() + awake_ms
      if (slept || document.visibilityState === 'visible') void ask()
    }
    const stir = () => {
      if (performance.now() > awake_until) wake()
      else awake_until = performance.now() + awake_ms
    }
    void ask()
    document.addEventListener('visibilitychange', wake)
    window.addEventListener('focus', wake)
    window.addEventListener('pointerdown', stir)
    window.addEventListener('keydown', stir)
    return () => {
      isGone = true
      window.clearTimeout(timer)
      document.removeEventListener('visibilitychange', wake)
      window.removeEventListener('focus', wake)
      window.removeEventListener('pointerdown', stir)
      window.removeEventListener('keydown', stir)
    }
  }, [of])
}
