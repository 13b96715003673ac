import { pages } from '../routes.ts'

export const plansRoutes = pages(
  { path: '/plans', load: () => import('./list-page.tsx') },
  { path: '/plans/new', load: () => import('./new-page.tsx') },
  { path: '/plans/$plan_id', load: () => import('./detail-page.tsx') },
  { path: '/plans/$plan_id/edit', load: () => import('./edit-page.tsx') },
)
