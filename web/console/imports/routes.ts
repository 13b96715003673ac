import { pages } from '../routes.ts'

export const importsRoutes = pages(
  { path: '/imports', load: () => import('./list-page.tsx') },
  { path: '/imports/new', load: () => import('./new-page.tsx') },
  { path: '/imports/$import_id', load: () => import('./detail-page.tsx') },
)
