import { pages } from '../routes.ts'

export const pointsRoutes = pages(
  { path: '/points', load: () => import('./overview-page.tsx') },
  { path: '/points/rule', load: () => import('./rule-page.tsx') },
  { path: '/points/spending', load: () => import('./spending-page.tsx') },
  { path: '/points/transfers', load: () => import('./transfers-page.tsx') },
  { path: '/points/pools', load: () => import('./pools-page.tsx') },
  { path: '/points/previews/$preview_id', load: () => import('./preview-page.tsx') },
)
