import { pages } from '../routes.ts'

export const ordersRoutes = pages(
  { path: '/orders', load: () => import('./list-page.tsx') },
  { path: '/orders/$order_id', load: () => import('./detail-page.tsx') },
)
