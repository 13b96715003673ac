import { pages } from '../routes.ts'

export const storesRoutes = pages({ path: '/stores', load: () => import('./list-page.tsx') })
