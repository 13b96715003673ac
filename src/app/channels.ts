/** The ways out that this program has; a new channel is one file in src/channels and one word here. */
import { apns } from '../channels/apns.ts'
import { email } from '../channels/email.ts'
import { file } from '../channels/file.ts'
import { googleWallet } from '../channels/google-wallet.ts'
import { outbox } from '../channels/outbox.ts'
import type { Channel } from '../reach/messages/types.ts'
import type { WalletChannels } from '../reach/passes/types.ts'

export const channels: readonly Channel[] = [outbox, file, email]

/** How phones hear that a pass changed. */
export const walletChannels: WalletChannels = { apple: apns(), google: googleWallet() }
