import { pages } from '../routes.ts'

export const programRoutes = pages(
  { path: '/program', load: () => import('./settings-page.tsx') },
  { path: '/program/brand', load: () => import('./brand-page.tsx') },
  { path: '/program/passes', load: () => import('./passes-page.tsx') },
  { path: '/program/letters', permission: 'members:erase', load: () => import('./letters-page.tsx') },
)
