import { pages } from '../routes.ts'

export const protectionRoutes = pages({ path: '/protection', load: () => import('./protection-page.tsx') })
