/** Starts the portal: texts, cache, pages, and the service worker that keeps the card. */
import './portal.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { queryClient } from '../kit/call.ts'
import { chosenLanguage, nearestLanguage, startTexts } from '../kit/i18n.ts'
import { App } from './app.tsx'
import { whereMet } from './place.ts'

whereMet()
await startTexts(chosenLanguage() ?? nearestLanguage(navigator.language), {
  en: () => import('./texts/en.ts'),
  'zh-TW': () => import('./texts/zh-TW.ts'),
  'zh-CN': () => import('./texts/zh-CN.ts'),
})

createRoot(document.getElementById('root')!).render(
  <QueryClientProvider client={queryClient}>
    <App />
  </QueryClientProvider>,
)

// only on secure origins; without it the portal works as long as the network does
if ('serviceWorker' in navigator && import.meta.env.PROD) void navigator.serviceWorker.register('/portal/sw.js')
