import { pages } from '../routes.ts'

export const joiningRoutes = pages(
  { path: '/joining', load: () => import('./list-page.tsx') },
  { path: '/joining/steps', load: () => import('./steps-page.tsx') },
  { path: '/joining/accounts', load: () => import('./accounts-page.tsx') },
  { path: '/joining/$source_id', load: () => import('./poster-page.tsx') },
)
