import { pages } from '../routes.ts'

export const privilegesRoutes = pages(
  { path: '/privileges', load: () => import('./list-page.tsx') },
  { path: '/prices', load: () => import('./prices-page.tsx') },
)
