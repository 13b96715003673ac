/** From what callers send to what the verbs take: instants read, defaults of consent filled in. */
import { parseInstant } from '../../base/time.ts'
import type { Static } from 'typebox'
import { marketing, type ConsentEntry, type ConsentInput, type MemberInput, type MemberWire } from './types.ts'

/** A consent as sent; for marketing and by `method` unless it says otherwise. */
export function consentEntryOf(input: Static<typeof ConsentInput>, method: string): Omit<ConsentEntry, 'member_id'> {
  return {
    channel: input.channel,
    purpose: input.purpose ?? marketing,
    status: input.status,
    at: input.at ? parseInstant(input.at) : undefined,
    method: input.method ?? method,
    text_version: input.text_version,
    ip: input.ip,
  }
}

/** A member as sent. Throws `time.instant_unreadable`. */
export function inputOf(wire: MemberWire, method: string): MemberInput {
  const { joined_at, consents, ...rest } = wire
  return {
    ...rest,
    joined_at: joined_at ? parseInstant(joined_at) : undefined,
    consents: consents?.map((entry) => consentEntryOf(entry, method)),
  }
}
