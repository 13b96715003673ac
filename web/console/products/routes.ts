import { pages } from '../routes.ts'

export const productsRoutes = pages({ path: '/products', load: () => import('./list-page.tsx') })
