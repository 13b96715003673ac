/**
 * A list for any vendor: messages are rendered and kept; a person downloads them as CSV (`lists.ts` of messages), the
 * vendor sends, and its delivery report comes back as CSV. Listed is not sent: the download is.
 */
import type { Channel } from '../reach/messages/types.ts'

export const file: Channel = {
  name: 'file',
  mediums: ['sms'],
  stays_inside: true,
  keeps_body: true,
  open: () => ({
    send: async (batch) => batch.map(({ message_id }) => ({ message_id, status: 'listed' })),
    close: async () => undefined,
  }),
}
