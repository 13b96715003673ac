import { pages } from '../routes.ts'

export const messagesRoutes = pages(
  { path: '/messages', load: () => import('./list-page.tsx') },
  { path: '/messages/templates', load: () => import('./templates-page.tsx') },
  { path: '/messages/templates/new', permission: 'messages:write', load: () => import('./new-template-page.tsx') },
  { path: '/messages/templates/$template_id', load: () => import('./template-page.tsx') },
  { path: '/messages/sends', load: () => import('./sends-page.tsx') },
  { path: '/messages/sends/$send_id', load: () => import('./send-page.tsx') },
  { path: '/messages/channels', load: () => import('./channels-page.tsx') },
  { path: '/messages/$message_id', load: () => import('./detail-page.tsx') },
)
