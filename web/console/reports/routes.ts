import { pages } from '../routes.ts'

export const reportsRoutes = pages(
  { path: '/reports', load: () => import('./flow-page.tsx') },
  { path: '/reports/flow/people', load: () => import('./flow-people-page.tsx') },
  { path: '/reports/cohorts', load: () => import('./cohorts-page.tsx') },
  { path: '/reports/cohorts/people', load: () => import('./cohort-people-page.tsx') },
  { path: '/reports/repurchase', load: () => import('./repurchase-page.tsx') },
  { path: '/reports/concentration', load: () => import('./concentration-page.tsx') },
  { path: '/reports/points', load: () => import('./points-page.tsx') },
  { path: '/reports/given', load: () => import('./given-page.tsx') },
  { path: '/reports/stores', load: () => import('./stores-page.tsx') },
)
