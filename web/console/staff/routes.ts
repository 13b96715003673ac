import { pages } from '../routes.ts'

export const staffRoutes = pages(
  { path: '/staff', load: () => import('./people-page.tsx') },
  { path: '/staff/keys', load: () => import('./keys-page.tsx') },
  { path: '/staff/audit', load: () => import('./audit-page.tsx') },
  { path: '/account', load: () => import('./profile-page.tsx') },
)
