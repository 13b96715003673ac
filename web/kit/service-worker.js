/**
 * Serves an app's shell without a network: its page, its files and the brand's pictures; of the API only what the app
 * says it keeps (web/offline-shell.ts). The build fills in APP, KEEPS, FILES and VERSION; a new version is fetched whole before
 * it takes over.
 */
const app = 'APP'
/** Reads of the API whose last answer is shown while there is no network. */
const keeps = 'KEEPS'
const files = 'FILES'
const cacheName = `${app}-${'VERSION'}`
/** What the reads said last; the page forgets it when its person signs out. */
const ownName = `${app}-own`
/** Named by what is in them, so they never change. */
const pictures = '/brand/pictures/'
const picturesName = `${app}-pictures`
const shell = `/${app}/`
/** A page is waited for so long before the kept one is shown: a dead network often only looks slow. */
const patienceMs = 2500

self.addEventListener('install', (event) => {
  const wanted = [shell, ...files.map((file) => shell + file)]
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

const isOld = (name) => name.startsWith(`${app}-`) && ![cacheName, ownName, picturesName].includes(name)

self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== self.location.origin) return
  if (keeps.includes(pathname)) event.respondWith(freshOrKept(request, event.clientId))
  else if (pathname.startsWith(pictures)) event.respondWith(picture(request))
  else if (!pathname.startsWith(shell)) return
  else if (request.mode === 'navigate') event.respondWith(page(event, request))
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

async function picture(request) {
  const kept = await caches.open(picturesName)
  const known = await kept.match(request)
  if (known) return known
  const answer = await fetch(request)
  if (answer.ok) await kept.put(request, answer.clone())
  return answer
}

async function page(event, request) {
  const known = await caches.match(shell, { cacheName })
  if (!known) return fetch(request)
  const slow = new Promise((resolve) => setTimeout(() => resolve(known), patienceMs))
  const fresh = fetch(request).then(
    (answer) => {
      if (answer.ok) event.waitUntil(keepPage(answer.clone()))
      return answer.ok ? answer : known
    },
    () => known,
  )
  return Promise.race([fresh, slow])
}

/** The page carries the brand's colours: the newest is kept, unless it belongs to files that are not here yet. */
async function keepPage(answer) {
  const { headers } = answer
  const text = await answer.text()
  const named = [...text.matchAll(/assets\/[\w.-]+/g)].map(([file]) => file)
  if (!named.every((file) => files.includes(file))) return
  await (await caches.open(cacheName)).put(shell, new Response(text, { headers }))
}
