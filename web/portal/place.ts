/** Where the member is: the address below /portal, moved by links and the back button. */
import { useSyncExternalStore } from 'react'

const base = '/portal'
const moved = 'portal-moved'

function subscribe(changed: () => void): () => void {
  window.addEventListener('popstate', changed)
  window.addEventListener(moved, changed)
  return () => {
    window.removeEventListener('popstate', changed)
    window.removeEventListener(moved, changed)
  }
}

/** The page below /portal: ``, `shop`, `history`, `me`. */
export function usePage(): string {
  const path = useSyncExternalStore(subscribe, () => window.location.pathname)
  return path.slice(base.length).split('/').filter(Boolean)[0] ?? ''
}

/** Goes to a page below /portal. */
export function go(to: string): void {
  window.history.pushState(null, '', `${base}/${to}`)
  window.dispatchEvent(new Event(moved))
  window.scrollTo(0, 0)
}

const metKey = 'regulars.portal.met'

/** Where the link or poster hung that brought this person here; kept until they have joined. */
export function whereMet(): { store: string | null; source: string | null } {
  const query = new URLSearchParams(window.location.search)
  const [store, source] = [query.get('store'), query.get('source')]
  if (store || source) sessionStorage.setItem(metKey, JSON.stringify({ store, source }))
  const kept = sessionStorage.getItem(metKey)
  return kept ? (JSON.parse(kept) as { store: string | null; source: string | null }) : { store: null, source: null }
}
