/** Starts an app that is held in the hand: texts, cache, its page, and the service worker that keeps it. */
import { QueryClientProvider } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import { queryClient } from './call.ts'
import { chosenLanguage, nearestLanguage, startTexts, type Language } from './i18n.ts'

/** The worker fetches all of the app at once: the first screen goes before it, but a slow network not for ever. */
const register_after_ms = 2_000
/** One read leads to the next: quiet for so long, there is none. */
const quiet_ms = 300

/** Resolves when everything that the first screen asked for is there. */
function firstScreen(): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(done, register_after_ms)
    let quiet: ReturnType<typeof setTimeout> | undefined
    const stop = queryClient.getQueryCache().subscribe(() => {
      clearTimeout(quiet)
      if (queryClient.isFetching() === 0) quiet = setTimeout(done, quiet_ms)
    })
    function done() {
      stop()
      clearTimeout(quiet)
      clearTimeout(late)
      resolve()
    }
  })
}

/** Shows the app in the language that was chosen, else in the nearest to the device's. */
export async function startHandheld(
  app: 'counter' | 'portal',
  texts: Parameters<typeof startTexts>[1],
  page: ReactNode,
  /** Asks for what the first screen shows (`askAhead`): beside the texts, not behind them. */
  ask: (language: Language) => void,
): Promise<void> {
  const language = chosenLanguage() ?? nearestLanguage(navigator.language)
  document.documentElement.lang = language
  ask(language)
  await startTexts(language, texts)
  createRoot(document.getElementById('root')!).render(
    <QueryClientProvider client={queryClient}>{page}</QueryClientProvider>,
  )
  // only on secure origins; without it the app works as long as the network does
  if ('serviceWorker' in navigator && import.meta.env.PROD)
    void firstScreen().then(() => navigator.serviceWorker.register(`/${app}/sw.js`))
}
