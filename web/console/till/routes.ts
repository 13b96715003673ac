import { pages } from '../routes.ts'

export const tillRoutes = pages(
  { path: '/till', load: () => import('./day-page.tsx') },
  { path: '/till/entries', load: () => import('./entries-page.tsx') },
  { path: '/till/alarms', load: () => import('./alarms-page.tsx') },
  { path: '/till/rules', load: () => import('./rules-page.tsx') },
)
