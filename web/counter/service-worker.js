/**
 * Serves the counter's shell without a network: its page and files, never an answer of the API. The build fills in
 * FILES and VERSION; a new version is fetched whole before it takes over.
 */
const files = 'FILES'
const cacheName = `counter-${'VERSION'}`
const shell = '/counter/'
/** A page is waited for so long before the kept one is shown: a dead network often only looks slow. */
const patienceMs = 2500

self.addEventListener('install', (event) => {
  const wanted = [shell, `${shell}icon.svg`, `${shell}counter.webmanifest`, ...files.map((file) => shell + file)]
  event.waitUntil(
    caches
      .open(cacheName)
      .then((cache) => cache.addAll(wanted))
      .then(() => self.skipWaiting()),
  )
})

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => isOld(name)).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  )
})

const isOld = (name) => name.startsWith('counter-') && name !== cacheName

self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== self.location.origin || !pathname.startsWith(shell)) return
  if (request.mode === 'navigate') event.respondWith(page(request))
  else event.respondWith(caches.match(request, { cacheName }).then((kept) => kept ?? fetch(request)))
})

async function page(request) {
  const kept = await caches.match(shell, { cacheName })
  if (!kept) return fetch(request)
  const slow = new Promise((resolve) => setTimeout(() => resolve(kept), patienceMs))
  const fresh = fetch(request).then(
    (answer) => (answer.ok ? answer : kept),
    () => kept,
  )
  return Promise.race([fresh, slow])
}
