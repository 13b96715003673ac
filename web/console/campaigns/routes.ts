import { pages } from '../routes.ts'

export const campaignsRoutes = pages(
  { path: '/campaigns', load: () => import('./list-page.tsx') },
  { path: '/campaigns/new', permission: 'campaigns:write', load: () => import('./new-page.tsx') },
  { path: '/campaigns/$campaign_id', load: () => import('./detail-page.tsx') },
  { path: '/campaigns/$campaign_id/edit', permission: 'campaigns:write', load: () => import('./edit-page.tsx') },
  { path: '/campaigns/$campaign_id/recipients', load: () => import('./recipients-page.tsx') },
)
