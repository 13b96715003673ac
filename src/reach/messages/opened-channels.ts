/** The channels a worker holds open. */
import type { Db } from '../../base/db.ts'
import { settingsOf } from './settings.ts'
import { ChannelTrouble, type Channel, type OpenChannel } from './types.ts'

export interface OpenedChannels {
  open(channel: Channel): Promise<OpenChannel>
  close(): Promise<void>
}

/** Channels are opened when first needed and again when their settings change. */
export function openedChannels(db: Db): OpenedChannels {
  const opened = new Map<string, { mark: string; channel: OpenChannel }>()
  return {
    async open(channel) {
      const settings = await settingsOf(db, channel.name)
      if (!settings) throw new ChannelTrouble('channel.not_configured', channel.name)
      const known = opened.get(channel.name)
      if (known?.mark === settings.mark) return known.channel
      // an older one may still be sending for another loop: it closes when it has nothing to do
      void known?.channel.close()
      const fresh = channel.open(settings.settings)
      opened.set(channel.name, { mark: settings.mark, channel: fresh })
      return fresh
    },
    async close() {
      for (const { channel } of opened.values()) await channel.close()
      opened.clear()
    },
  }
}
