/** How channels are reached. Secrets go in and never come out: readers learn only that one is set. */
import type { TObject } from 'typebox'
import type { Reader, Tx } from '../../base/db.ts'
import { actorText } from '../../base/actor.ts'
import { AppError } from '../../base/errors.ts'
import { check } from '../../base/schemas.ts'
import { sql } from '../../base/sql.ts'
import { EmailSecrets, EmailSettings, PlainSettings, type ChannelSettings, type Medium } from './types.ts'

/** What is known about a channel without opening it. */
export interface ChannelKind {
  channel: string
  mediums: readonly Medium[]
  /** Usable without settings. */
  ready: boolean
  settings: TObject
  secrets: TObject | null
}

/** Every channel, in the order in which one is proposed. The code behind each lies in src/channels. */
export const channelKinds: readonly ChannelKind[] = [
  { channel: 'email', mediums: ['email'], ready: false, settings: EmailSettings, secrets: EmailSecrets },
  { channel: 'file', mediums: ['sms'], ready: true, settings: PlainSettings, secrets: null },
  { channel: 'outbox', mediums: ['email', 'sms'], ready: true, settings: PlainSettings, secrets: null },
]

export interface ChannelRow {
  channel: string
  mediums: readonly Medium[]
  configured: boolean
  settings: ChannelSettings
  /** Names of the secrets that are set. */
  secrets_set: string[]
  updated_at: Date | null
}

interface StoredChannel {
  channel: string
  settings: ChannelSettings
  secrets: ChannelSettings
  updated_at: Date
}

function kindOf(channel: string): ChannelKind {
  const kind = channelKinds.find((each) => each.channel === channel)
  if (!kind) throw new AppError('channel.not_found', { channel })
  return kind
}

/** All channels with their settings, secrets left out. */
export async function channels(db: Reader): Promise<ChannelRow[]> {
  const stored = await db.rows<StoredChannel>(sql`
    select channel, settings, secrets, updated_at from channel_settings`)
  return channelKinds.map((kind) => {
    const row = stored.find((each) => each.channel === kind.channel)
    return {
      channel: kind.channel,
      mediums: kind.mediums,
      configured: kind.ready || row !== undefined,
      settings: row?.settings ?? {},
      secrets_set: Object.keys(row?.secrets ?? {}),
      updated_at: row?.updated_at ?? null,
    }
  })
}

/**
 * Keeps a channel's settings. A secret that is not named stays as it was; `null` takes it away.
 * Throws `channel.not_found`, `request.invalid`.
 */
export async function configure(
  tx: Tx,
  channel: string,
  wanted: { settings: ChannelSettings; secrets?: Record<string, string | null> },
): Promise<ChannelRow> {
  const kind = kindOf(channel)
  check(kind.settings, wanted.settings, '/settings')
  const secrets = Object.entries(wanted.secrets ?? {})
  const given = Object.fromEntries(secrets.filter(([, value]) => value !== null))
  if (kind.secrets) check(kind.secrets, given, '/secrets')
  else if (secrets.length > 0) throw new AppError('channel.settings_invalid', { channel, name: secrets[0]![0] })
  const removed = secrets.filter(([, value]) => value === null).map(([name]) => name)
  await tx.run(sql`
    insert into channel_settings as kept (channel, settings, secrets, updated_at, actor)
    values (${channel}::text, ${JSON.stringify(wanted.settings)}::jsonb, ${JSON.stringify(given)}::jsonb,
      ${tx.now}::timestamptz, ${actorText(tx.actor)}::text)
    on conflict (channel) do update set settings = excluded.settings,
      secrets = (kept.secrets || excluded.secrets) - ${removed}::text[],
      updated_at = excluded.updated_at, actor = excluded.actor`)
  return (await channels(tx)).find((each) => each.channel === channel)!
}

/** Settings and secrets together, with a mark that changes when they do: for the worker that opens the channel. */
export async function settingsOf(
  db: Reader,
  channel: string,
): Promise<{ settings: ChannelSettings; mark: string } | null> {
  const kind = kindOf(channel)
  const row = await db.row<StoredChannel>(sql`
    select channel, settings, secrets, updated_at from channel_settings where channel = ${channel}::text`)
  if (!row) return kind.ready ? { settings: {}, mark: 'default' } : null
  return { settings: { ...row.settings, ...row.secrets }, mark: JSON.stringify([row.settings, row.updated_at]) }
}

/** The channel for a medium unless one is named: a configured one before the outbox. Throws when it cannot carry it. */
export async function channelFor(
  db: Reader,
  medium: Medium,
  wanted?: string,
): Promise<{ channel: string; cost_per_thousand_minor: number }> {
  const known = await channels(db)
  const found = wanted
    ? known.find((each) => each.channel === wanted)
    : // a file asks somebody to carry it to a vendor: never chosen by itself
      known.find((each) => each.configured && each.mediums.includes(medium) && each.channel !== 'file')
  if (!found) throw new AppError('channel.not_found', { channel: wanted })
  if (!found.mediums.includes(medium))
    throw new AppError('channel.medium_foreign', { channel: found.channel, medium })
  if (!found.configured) throw new AppError('channel.not_configured', { channel: found.channel })
  const cost = await db.row<{ minor: number | null }>(sql`
    select (settings->'message_cost_minor'->>${found.channel}::text)::float8 as minor from program`)
  return { channel: found.channel, cost_per_thousand_minor: (cost?.minor ?? 0) * 1000 }
}
