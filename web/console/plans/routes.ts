import { pages } from '../routes.ts'

export const plansRoutes = pages(
  { path: '/plans', load: () => import('./list-page.tsx') },
  { path: '/plans/new', permission: 'plans:write', load: () => import('./new-page.tsx') },
  { path: '/plans/$plan_id', load: () => import('./detail-page.tsx') },
  { path: '/plans/$plan_id/edit', permission: 'plans:write', load: () => import('./edit-page.tsx') },
)
