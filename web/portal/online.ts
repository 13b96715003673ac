/** Whether there is a network: the browser knows of cables, the service worker of answers that did not come. */
import { useSyncExternalStore } from 'react'

let isKept = false
const changed = new Set<() => void>()
const tell = () => changed.forEach((listener) => listener())

window.addEventListener('online', tell)
window.addEventListener('offline', tell)
navigator.serviceWorker?.addEventListener('message', ({ data }: MessageEvent<{ isKept: boolean }>) => {
  isKept = data.isKept
  tell()
})

function subscribe(listener: () => void): () => void {
  changed.add(listener)
  return () => changed.delete(listener)
}

export function useOnline(): boolean {
  return useSyncExternalStore(subscribe, () => navigator.onLine && !isKept)
}
