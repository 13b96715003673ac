import { pages } from '../routes.ts'

export const membersRoutes = pages(
  { path: '/members', load: () => import('./list-page.tsx') },
  { path: '/members/new', permission: 'members:write', load: () => import('./new-page.tsx') },
  { path: '/members/duplicates', load: () => import('./duplicates-page.tsx') },
  { path: '/members/$member_id', load: () => import('./detail-page.tsx') },
  { path: '/members/$member_id/edit', permission: 'members:write', load: () => import('./edit-page.tsx') },
)
