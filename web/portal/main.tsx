/** Starts the portal. */
import '../kit/hand.css'
import './portal.css'
import './card.css'
import { askAhead } from '../kit/call.ts'
import { startHandheld } from '../kit/start-handheld.tsx'
import { App } from './app.tsx'
import { whereMet } from './place.ts'

whereMet()
await startHandheld(
  'portal',
  {
    en: () => import('./texts/en.ts'),
    'zh-TW': () => import('./texts/zh-TW.ts'),
    'zh-CN': () => import('./texts/zh-CN.ts'),
  },
  <App />,
  (language) => {
    askAhead('GET /v1/open/portal', { query: { language } })
    askAhead('GET /v1/portal/home', {})
  },
)
