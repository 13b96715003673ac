/**
 * Glossary. *Medium*: what a text is written for (`email`, `sms`); it decides which address and which consent count.
 * *Channel*: one way out (`outbox`, `file`, `email`); it carries one medium or several. *Template*: a text by version
 * and language. *Send*: one wave of messages (a campaign's mailing, a journey's step). *Message*: one to one member;
 * its key (member, send, occurrence) is written before a provider is called. *Batch*: what a worker claims. *Touch*: an
 * open, a click or an unsubscribing, with the *verdict* who did it. *Receipt*: what a provider reported.
 *
 * Facts written: `message.sent`, `message.delivered`, `message.bounced`, `message.opened`, `message.clicked` (by people
 * only), `message.complained`, `message.unsubscribed`.
 *
 * Errors: `template.not_found` `template.text_missing` `template.language_missing` `template.liquid_broken`
 * `template.too_many_links` `template.archived` `template.medium_fixed` `send.not_found` `send.wrong_state`
 * `send.too_late` `channel.not_found` `channel.medium_foreign` `channel.not_configured` `channel.settings_invalid`
 * `message.not_found` `report.columns_missing` `report.too_large` `list.not_found` `list.empty`
 */
import { Type, type Static } from 'typebox'
import type { Reader } from '../../base/db.ts'
import { Instant, Nullable, Uuid } from '../../base/routes.ts'

export const Medium = Type.Union([Type.Literal('email'), Type.Literal('sms')])
export type Medium = Static<typeof Medium>

export const Purpose = Type.Union([Type.Literal('marketing'), Type.Literal('service')])
export type Purpose = Static<typeof Purpose>

/** A text of 500 kB is a book; mail readers clip at about 100 kB. */
export const textLengthMax = 500_000

/** What a template says in one language. E-mail: subject and html, text made from html unless given. SMS: text. */
export const LanguageText = Type.Object(
  {
    subject: Type.Optional(Type.String({ maxLength: 998 })),
    preheader: Type.Optional(Type.String({ maxLength: 500 })),
    html: Type.Optional(Type.String({ maxLength: textLengthMax })),
    text: Type.Optional(Type.String({ maxLength: textLengthMax })),
  },
  { additionalProperties: false },
)
export type LanguageText = Static<typeof LanguageText>

/** By language (BCP 47): `en`, `zh-TW`, `zh-CN`. */
export const Languages = Type.Record(Type.String({ minLength: 2, maxLength: 20 }), LanguageText)
export type Languages = Static<typeof Languages>

export const Template = Type.Object({
  template_id: Uuid,
  name: Type.String(),
  medium: Medium,
  purpose: Purpose,
  version: Type.Integer(),
  languages: Languages,
  created_at: Instant,
  updated_at: Instant,
  archived_at: Nullable(Instant),
})
/** A template with the words of one of its versions (the newest unless another was asked for). */
export interface TemplateRow {
  template_id: string
  name: string
  medium: Medium
  purpose: Purpose
  version: number
  languages: Languages
  created_at: Date
  updated_at: Date
  archived_at: Date | null
}

export const sendStatuses = ['open', 'paused', 'cancelled'] as const
export type SendStatus = (typeof sendStatuses)[number]

/** One wave of messages. */
export interface SendRow {
  send_id: string
  origin: string
  origin_id: string
  step: string
  template_id: string
  template_version: number
  medium: Medium
  purpose: Purpose
  channel: string
  status: SendStatus
  base_url: string
  /** What a thousand messages cost on its channel, in minor units: one often costs a fraction of them. */
  cost_per_thousand_minor: number
  trouble: Trouble | null
  status_at: Date
  created_at: Date
}

/** Why a channel takes nothing at the moment, and when it is asked again. */
export type Trouble = {
  code: string
  detail: string
  at: string
  again_at: string
}

/**
 * waiting → sending → accepted (the provider took it) → delivered or bounced. *listed*: written into a list that nobody
 * has downloaded yet. *uncertain*: it may have left, we cannot know; never sent again by itself. *refused*: we or the
 * provider said no. *failed*: tried as often as allowed. *cancelled*: the wave was stopped first.
 */
export const messageStatuses = [
  'waiting',
  'sending',
  'listed',
  'accepted',
  'uncertain',
  'delivered',
  'bounced',
  'refused',
  'failed',
  'cancelled',
] as const
export type MessageStatus = (typeof messageStatuses)[number]

/** Why a message is refused, in the order in which the question is asked; the first that applies is written. */
export const refusals = [
  'erased',
  'merged',
  'guest',
  'address_missing',
  'suppressed',
  'consent_withdrawn',
  'consent_missing',
] as const
export type Refusal = (typeof refusals)[number]

/** A rendered message on its way to a channel. */
export interface Outgoing {
  /** The code of the message: what bounces and reports name it by. */
  ref: string
  message_id: number
  address: string
  name: string | null
  language: string
  purpose: Purpose
  subject: string
  html: string | null
  text: string
  /** One click there withdraws (RFC 8058). null for service messages. */
  unsubscribe_url: string | null
}

/**
 * What became of one message at the channel. `unsent`: it was not tried (the wave was paused); it stays waiting.
 * `failed`: it certainly did not leave and may be tried again. `uncertain`: it may have left.
 */
export interface Sent {
  message_id: number
  status: 'accepted' | 'listed' | 'delivered' | 'refused' | 'failed' | 'uncertain' | 'unsent'
  reason?: string
  /** What the provider said: for people, shown beside the message. */
  detail?: string
  provider_id?: string
  /** The provider said that nobody lives at this address: it must not be written to again. */
  address_dead?: boolean
}

/** The whole channel is out of order (no connection, wrong password): nothing of the batch beyond `sent` was tried. */
export class ChannelTrouble extends Error {
  readonly code: string
  readonly sent: Sent[]

  constructor(code: string, detail: string, sent: Sent[] = [], cause?: unknown) {
    super(detail, { cause })
    this.name = 'ChannelTrouble'
    this.code = code
    this.sent = sent
  }
}

/** A channel that is connected and takes messages. */
export interface OpenChannel {
  /**
   * Sends a batch and says what became of each. When the signal ends, messages not yet begun come back as `unsent`
   * at once. Throws `ChannelTrouble` when the whole channel is out of order.
   */
  send(batch: readonly Outgoing[], signal: AbortSignal): Promise<Sent[]>
  close(): Promise<void>
}

/** A way out: one file in `src/channels`. */
export interface Channel {
  name: string
  mediums: readonly Medium[]
  /** Nothing leaves the database by sending: a crash loses nothing and proves nothing left. */
  stays_inside: boolean
  /** The rendered text is kept, because the console shows it or a list is made from it. */
  keeps_body: boolean
  open(settings: ChannelSettings): OpenChannel
}

/** Settings of a channel as its file reads them; secrets included. */
export type ChannelSettings = Record<string, unknown>

/** Settings of the e-mail channel. `bounce_domain` is where our own listener takes bounces; `null` for none. */
export const EmailSettings = Type.Object(
  {
    host: Type.String({ minLength: 1, maxLength: 253 }),
    port: Type.Integer({ minimum: 1, maximum: 65_535 }),
    /** `starttls`: refuse a server without it; `tls`: from the first byte; `none`: plain, for a relay here. */
    security: Type.Union([Type.Literal('tls'), Type.Literal('starttls'), Type.Literal('none')]),
    user: Type.Optional(Type.String({ maxLength: 320 })),
    from_email: Type.String({ pattern: '^[^@\\s<>]+@[^@\\s<>]+$', maxLength: 254 }),
    from_name: Type.String({ maxLength: 200 }),
    reply_to: Type.Optional(Type.String({ pattern: '^[^@\\s<>]+@[^@\\s<>]+$', maxLength: 254 })),
    bounce_domain: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9.-]+$', maxLength: 253 })),
    connections_max: Type.Optional(Type.Integer({ minimum: 1, maximum: 50 })),
  },
  { additionalProperties: false },
)
export type EmailSettings = Static<typeof EmailSettings>
export const EmailSecrets = Type.Object(
  {
    password: Type.Optional(Type.String({ maxLength: 1000 })),
  },
  { additionalProperties: false },
)

/** Settings of channels that need no connection. */
export const PlainSettings = Type.Object({}, { additionalProperties: false })

/** What a provider reported about one message: a bounce, a complaint, a line of a vendor's delivery report. */
export interface Receipt {
  /** The message's code, if the report names it. */
  ref?: string
  /** Else the address it went to, within one send. */
  address?: string
  kind: 'delivered' | 'deferred' | 'bounced' | 'complained' | 'unsubscribed'
  class?: 'hard' | 'soft'
  code?: string
  detail?: string
  at?: Date
}

/** Asked for each chunk just before it leaves: who should not hear from us now, and why (contact policy). */
export interface ContactPolicy {
  /** By message_id: `refuse` for good, or wait until an instant. Messages without an entry may go. */
  judge(
    db: Reader,
    chunk: readonly { message_id: number; member_id: string }[],
    send: SendRow,
  ): Promise<Map<number, { reason: string; wait_until?: Date }>>
}

/** What routes answer. */
export const Count = Type.Integer()
export const Data = Type.Record(Type.String(), Type.Unknown())
export const Status = Type.Unsafe<MessageStatus>(Type.Union(messageStatuses.map((status) => Type.Literal(status))))

export const Send = Type.Object({
  send_id: Uuid,
  origin: Type.String(),
  origin_id: Type.String(),
  step: Type.String(),
  template_id: Uuid,
  template_version: Count,
  medium: Medium,
  purpose: Purpose,
  channel: Type.String(),
  status: Type.String(),
  cost_per_thousand_minor: Type.Number(),
  trouble: Nullable(Data),
  status_at: Instant,
  created_at: Instant,
})
export const Counts = Type.Object({
  by_status: Type.Record(Type.String(), Count),
  by_reason: Type.Array(Type.Object({ status: Type.String(), reason: Type.String(), count: Count })),
  sent: Count,
  delivered: Count,
  bounced: Count,
  opened: Count,
  clicked: Count,
  opened_by_machines: Count,
  clicked_by_machines: Count,
  unsubscribed: Count,
  complained: Count,
})
export const Waiting = Type.Object({ code: Type.String(), params: Data })
export const List = Type.Object({
  list_id: Uuid,
  send_id: Uuid,
  list_no: Count,
  row_count: Count,
  left_out: Count,
  created_at: Instant,
})
export const Message = Type.Object({
  message_id: Count,
  member_id: Uuid,
  display_name: Nullable(Type.String()),
  send_id: Uuid,
  origin: Type.String(),
  origin_id: Type.String(),
  template_name: Type.String(),
  medium: Medium,
  channel: Type.String(),
  status: Status,
  reason: Nullable(Type.String()),
  language: Nullable(Type.String()),
  address: Nullable(Type.String()),
  subject: Nullable(Type.String()),
  queued_at: Instant,
  sent_at: Nullable(Instant),
  delivered_at: Nullable(Instant),
  bounced_at: Nullable(Instant),
  opened_at: Nullable(Instant),
  clicked_at: Nullable(Instant),
  unsubscribed_at: Nullable(Instant),
})
export const Step = Type.Object({
  at: Instant,
  kind: Type.String(),
  verdict: Nullable(Type.String()),
  reason: Nullable(Type.String()),
  detail: Nullable(Type.String()),
  link_url: Nullable(Type.String()),
})
export const ChannelShape = Type.Object({
  channel: Type.String(),
  mediums: Type.Array(Medium),
  configured: Type.Boolean(),
  settings: Data,
  secrets_set: Type.Array(Type.String()),
  updated_at: Nullable(Instant),
})
export const Test = Type.Object({
  test_id: Uuid,
  template_id: Uuid,
  template_version: Count,
  language: Type.String(),
  member_id: Uuid,
  channel: Type.String(),
  address: Type.String(),
  status: Type.String(),
  detail: Nullable(Type.String()),
  created_at: Instant,
})
export const Preview = Type.Object({
  language: Type.String(),
  subject: Type.String(),
  html: Nullable(Type.String()),
  text: Type.String(),
  refusal: Nullable(Type.String()),
  /** How many parts an SMS is sent (and paid) in. */
  parts: Nullable(Count),
})
export const Previews = Type.Object({
  member_id: Nullable(Uuid),
  unknown: Type.Array(Type.String()),
  previews: Type.Array(Preview),
})
