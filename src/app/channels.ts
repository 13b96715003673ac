/** The ways out that this program has; a new channel is one file in src/channels and one word here. */
import { email } from '../channels/email.ts'
import { file } from '../channels/file.ts'
import { outbox } from '../channels/outbox.ts'
import type { Channel } from '../reach/messages/types.ts'

export const channels: readonly Channel[] = [outbox, file, email]
