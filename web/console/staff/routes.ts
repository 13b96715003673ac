import { pages } from '../routes.ts'

export const staffRoutes = pages(
  { path: '/staff', load: () => import('./people-page.tsx') },
  { path: '/keys', load: () => import('./keys-page.tsx') },
  { path: '/audit', load: () => import('./audit-page.tsx') },
  { path: '/account', load: () => import('./profile-page.tsx') },
)
