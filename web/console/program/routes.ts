import { pages } from '../routes.ts'

export const programRoutes = pages({ path: '/program', load: () => import('./settings-page.tsx') })
