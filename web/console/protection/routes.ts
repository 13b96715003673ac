import { pages } from '../routes.ts'

export const protectionRoutes = pages({
  path: '/protection',
  permission: 'rules:read',
  load: () => import('./protection-page.tsx'),
})
