/** Where somebody is: the address below an app's name, moved by links and the back button. */
import { useSyncExternalStore } from 'react'

const moved = 'place-moved'

function subscribe(changed: () => void): () => void {
  window.addEventListener('popstate', changed)
  window.addEventListener(moved, changed)
  return () => {
    window.removeEventListener('popstate', changed)
    window.removeEventListener(moved, changed)
  }
}

const here = () => window.location.pathname + window.location.search

/** The places of the app at `base`, such as `/counter`. */
export function placesBelow(base: string) {
  return {
    /** The address below `base` as its parts, `['members', id, 'sale']`, and what stands behind the question mark. */
    usePlace(): { parts: string[]; query: URLSearchParams } {
      const [path, search] = useSyncExternalStore(subscribe, here).split('?')
      const parts = path!.slice(base.length).split('/').filter(Boolean).map(decodeURIComponent)
      return { parts, query: new URLSearchParams(search ?? '') }
    },
    /** Goes to `/members/…`; `replace` leaves no step back to where one was, such as a purchase that is paid. */
    go(to: string, options: { replace?: boolean } = {}): void {
      const address = `${base}/${to.replace(/^\//, '')}`
      if (options.replace) window.history.replaceState(null, '', address)
      else window.history.pushState(null, '', address)
      window.dispatchEvent(new Event(moved))
      window.scrollTo(0, 0)
    },
  }
}
