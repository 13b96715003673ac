/**
 * Keeps messages where the console shows them: what a program sends until a real channel is configured, and how a
 * demo brand sends. Nothing leaves, so everything arrives.
 */
import type { Channel } from '../reach/messages/types.ts'

export const outbox: Channel = {
  name: 'outbox',
  mediums: ['email', 'sms'],
  stays_inside: true,
  keeps_body: true,
  open: () => ({
    send: async (batch) => batch.map(({ message_id }) => ({ message_id, status: 'delivered' })),
    close: async () => undefined,
  }),
}
