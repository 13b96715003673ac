import { pages } from '../routes.ts'

export const companiesRoutes = pages(
  { path: '/companies', load: () => import('./list-page.tsx') },
  { path: '/companies/$company_id', load: () => import('./detail-page.tsx') },
)
