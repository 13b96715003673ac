/** Starts the counter. */
import '../kit/hand.css'
import './counter.css'
import { askAhead } from '../kit/call.ts'
import { startHandheld } from '../kit/start-handheld.tsx'
import { App } from './app.tsx'

await startHandheld(
  'counter',
  {
    en: () => import('./texts/en.ts'),
    'zh-TW': () => import('./texts/zh-TW.ts'),
    'zh-CN': () => import('./texts/zh-CN.ts'),
  },
  <App />,
  () => askAhead('GET /v1/admin/session', {}),
)
