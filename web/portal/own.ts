/** What this device keeps of the member, and how it is forgotten. */
import { queryClient } from '../kit/call.ts'

/** The service worker's cache of the card (service-worker.js). */
const ownName = 'portal-own'

/** Signed out, or gone: the card is kept nowhere on this device. */
export async function forgetOwn(): Promise<void> {
  if ('caches' in window) await caches.delete(ownName)
  // what everybody may know stays, so that the page does not begin anew
  queryClient.removeQueries({ predicate: ({ queryKey }) => String(queryKey[0]).includes(' /v1/portal/') })
}

/** Names a wish, on any origin: `crypto.randomUUID` exists on secure ones only. */
export function newWish(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6]! & 0x0f) | 0x40
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
