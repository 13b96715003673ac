import { pages } from '../routes.ts'

export const offersRoutes = pages(
  { path: '/offers', load: () => import('./list-page.tsx') },
  { path: '/offers/new', permission: 'offers:write', load: () => import('./new-page.tsx') },
  { path: '/offers/$offer_id', load: () => import('./detail-page.tsx') },
  { path: '/offers/$offer_id/edit', permission: 'offers:write', load: () => import('./edit-page.tsx') },
)
