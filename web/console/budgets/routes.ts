import { pages } from '../routes.ts'

export const budgetsRoutes = pages(
  { path: '/budgets', load: () => import('./list-page.tsx') },
  { path: '/budgets/$budget_id', load: () => import('./detail-page.tsx') },
)
