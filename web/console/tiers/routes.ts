import { pages } from '../routes.ts'

export const tiersRoutes = pages(
  { path: '/tiers', load: () => import('./overview-page.tsx') },
  { path: '/tiers/ladder', permission: 'tiers:write', load: () => import('./ladder-page.tsx') },
  { path: '/tiers/rule', load: () => import('./rule-page.tsx') },
  { path: '/tiers/previews/$preview_id', load: () => import('./preview-page.tsx') },
)
