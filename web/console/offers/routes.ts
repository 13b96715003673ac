import { pages } from '../routes.ts'

export const offersRoutes = pages(
  { path: '/offers', load: () => import('./list-page.tsx') },
  { path: '/offers/new', load: () => import('./new-page.tsx') },
  { path: '/offers/$offer_id', load: () => import('./detail-page.tsx') },
  { path: '/offers/$offer_id/edit', load: () => import('./edit-page.tsx') },
)
