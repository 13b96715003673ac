import { pages } from '../routes.ts'

export const todayRoutes = pages({ path: '/', load: () => import('./page.tsx') })
