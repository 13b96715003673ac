import { pages } from '../routes.ts'

export const importsRoutes = pages(
  { path: '/imports', load: () => import('./list-page.tsx') },
  { path: '/imports/new', permission: 'imports:write', load: () => import('./new-page.tsx') },
  { path: '/imports/$import_id', load: () => import('./detail-page.tsx') },
)
