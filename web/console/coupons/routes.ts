import { pages } from '../routes.ts'

export const couponsRoutes = pages(
  { path: '/coupons', load: () => import('./list-page.tsx') },
  { path: '/coupons/new', permission: 'coupons:write', load: () => import('./new-page.tsx') },
  { path: '/coupons/$coupon_definition_id', load: () => import('./detail-page.tsx') },
  { path: '/coupons/$coupon_definition_id/edit', permission: 'coupons:write', load: () => import('./edit-page.tsx') },
)
