import { pages } from '../routes.ts'

export const cardsRoutes = pages(
  { path: '/cards', load: () => import('./list-page.tsx') },
  { path: '/cards/new', permission: 'cards:write', load: () => import('./new-page.tsx') },
  { path: '/cards/$card_definition_id', load: () => import('./detail-page.tsx') },
  { path: '/cards/$card_definition_id/edit', permission: 'cards:write', load: () => import('./edit-page.tsx') },
)
