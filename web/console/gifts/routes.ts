import { pages } from '../routes.ts'

export const giftsRoutes = pages(
  { path: '/gifts', load: () => import('./list-page.tsx') },
  { path: '/gifts/new', permission: 'gifts:write', load: () => import('./new-page.tsx') },
  { path: '/gifts/given', load: () => import('./given-page.tsx') },
  { path: '/gifts/$item_id', load: () => import('./edit-page.tsx') },
)
