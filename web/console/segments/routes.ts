import { pages } from '../routes.ts'

export const segmentsRoutes = pages(
  { path: '/segments', load: () => import('./list-page.tsx') },
  { path: '/segments/new', permission: 'segments:write', load: () => import('./new-page.tsx') },
  { path: '/segments/people', load: () => import('./people-page.tsx') },
  { path: '/segments/$segment_id', load: () => import('./detail-page.tsx') },
  { path: '/segments/$segment_id/edit', permission: 'segments:write', load: () => import('./edit-page.tsx') },
)
