import { pages } from '../routes.ts'

export const momentsRoutes = pages(
  { path: '/moments', load: () => import('./list-page.tsx') },
  { path: '/moments/new', permission: 'gifts:write', load: () => import('./new-page.tsx') },
  { path: '/moments/$moment_id', load: () => import('./detail-page.tsx') },
  { path: '/moments/$moment_id/edit', permission: 'gifts:write', load: () => import('./edit-page.tsx') },
)
