import { pages } from '../routes.ts'

export const momentsRoutes = pages(
  { path: '/moments', load: () => import('./list-page.tsx') },
  { path: '/moments/new', load: () => import('./new-page.tsx') },
  { path: '/moments/$moment_id', load: () => import('./detail-page.tsx') },
  { path: '/moments/$moment_id/edit', load: () => import('./edit-page.tsx') },
)
