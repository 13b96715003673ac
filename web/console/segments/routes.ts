import { pages } from '../routes.ts'

export const segmentsRoutes = pages(
  { path: '/segments', load: () => import('./list-page.tsx') },
  { path: '/segments/new', load: () => import('./new-page.tsx') },
  { path: '/segments/people', load: () => import('./people-page.tsx') },
  { path: '/segments/$segment_id', load: () => import('./detail-page.tsx') },
  { path: '/segments/$segment_id/edit', load: () => import('./edit-page.tsx') },
)
