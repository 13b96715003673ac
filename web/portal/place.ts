/** Where the member is: the address below /portal. */
import { placesBelow } from '../kit/place.ts'

export const { usePlace, go } = placesBelow('/portal')

/** The page below /portal: ``, `shop`, `history`, `me`, `pass`, `pool`. */
export function usePage(): string {
  return usePlace().parts[0] ?? ''
}

const passKey = 'regulars.portal.pass'

/** The friend's link that is being accepted: from the tap on it until it is accepted. */
export const beginAccepting = (token: string) => sessionStorage.setItem(passKey, token)
export const accepting = () => sessionStorage.getItem(passKey)
export const endAccepting = () => sessionStorage.removeItem(passKey)

const metKey = 'regulars.portal.met'

/** Where the link or poster hung that brought this person here; kept until they have joined. */
export function whereMet(): { store: string | null; source: string | null } {
  const query = new URLSearchParams(window.location.search)
  const [store, source] = [query.get('store'), query.get('source')]
  if (store || source) sessionStorage.setItem(metKey, JSON.stringify({ store, source }))
  const kept = sessionStorage.getItem(metKey)
  return kept ? (JSON.parse(kept) as { store: string | null; source: string | null }) : { store: null, source: null }
}
