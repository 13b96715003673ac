/**
 * Serves the card without a network: the portal's page and files, and what the card said last. Spending needs the
 * network, so its code is never kept. The build fills in FILES and VERSION.
 */
const files = 'FILES'
const cacheName = `portal-${'VERSION'}`
/** The member's own card; the page forgets it when the member signs out. */
const ownName = 'portal-own'
const shell = '/portal/'
/** What is asked for before the card can be shown. */
const kept = ['/v1/portal/home', '/v1/open/portal']
/** A page is waited for so long before the kept one is shown: a dead network often only looks slow. */
const patienceMs = 2500

self.addEventListener('install', (event) => {
  const wanted = [shell, `${shell}icon.svg`, `${shell}portal.webmanifest`, ...files.map((file) => shell + file)]
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

const isOld = (name) => name.startsWith('portal-') && name !== cacheName && name !== ownName

self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== self.location.origin) return
  if (kept.includes(pathname)) event.respondWith(freshOrKept(request, event.clientId))
  else if (!pathname.startsWith(shell)) return
  else if (request.mode === 'navigate') event.respondWith(page(request))
  else event.respondWith(caches.match(request, { cacheName }).then((known) => known ?? fetch(request)))
})

/** Says to the page which of both it was: a dead network often calls itself alive. */
async function freshOrKept(request, clientId) {
  const tell = async (isKept) => (await self.clients.get(clientId))?.postMessage({ isKept })
  try {
    const answer = await fetch(request)
    void tell(false)
    const own = await caches.open(ownName)
    if (answer.ok) await own.put(request, answer.clone())
    else if (answer.status === 401) await own.delete(request)
    return answer
  } catch (lost) {
    const known = await caches.match(request, { cacheName: ownName })
    if (!known) throw lost
    void tell(true)
    return known
  }
}

async function page(request) {
  const known = await caches.match(shell, { cacheName })
  if (!known) return fetch(request)
  const slow = new Promise((resolve) => setTimeout(() => resolve(known), patienceMs))
  const fresh = fetch(request).then(
    (answer) => (answer.ok ? answer : known),
    () => known,
  )
  return Promise.race([fresh, slow])
}
