/**
 * What this device last knew of members that were on its screen: enough to let them pay with points while there is no
 * network, where the owner allows that. Nothing is kept where they do not; signing out forgets it.
 */
import { unreconciled, type Entry } from './journal.ts'
import type { Work } from './device.ts'
import type { AtTill } from './member-page.tsx'
import { usablePoints } from './reckoning.ts'

export interface KnownMember {
  member_id: string
  number: number
  name: string
  /** Points that could be used when it was seen. */
  available: number
  seen_at: number
}

const key = 'regulars.known-members'
/** A day's regulars; each is a line of text. */
const kept_max = 300
/** Older than a day of selling, a balance says nothing. */
const kept_ms = 24 * 3_600_000

function all(): KnownMember[] {
  const text = localStorage.getItem(key)
  return text === null ? [] : (JSON.parse(text) as KnownMember[]).filter((one) => Date.now() - one.seen_at < kept_ms)
}

const write = (members: readonly KnownMember[]) => localStorage.setItem(key, JSON.stringify(members))

export function remember(member: AtTill, rules: Work['rules'] | undefined): void {
  if (member.kind !== 'member' || !rules?.offline_points_a_receipt_max) return
  const { member_id, number, display_name, points } = member
  const seen = { member_id, number, name: display_name ?? `#${number}`, available: points.available }
  const others = all().filter((one) => one.member_id !== member_id)
  write([{ ...seen, seen_at: Date.now() }, ...others].slice(0, kept_max))
}

export const forgetMembers = () => localStorage.removeItem(key)

/** Takes used points off what is known, so that a second receipt counts on what the first left. */
export function noteSpent(member_id: string, points: number): void {
  write(all().map((one) => (one.member_id === member_id ? { ...one, available: one.available - points } : one)))
}

const step_seconds = 30
/** A code lives for its own step and the next; one more on each side, for a clock that is a little off. */
const steps_old = { min: -1, max: 2 }

export type ReadCode = { member: KnownMember } | { why: 'none' | 'old' | 'used' | 'unknown' }

/**
 * Whose code this is, as far as a device can tell by itself: its number and its minute stand in it. Whether it is true
 * the program judges when it has the receipt.
 */
export function readCode(text: string, present: Date, journal: readonly Entry[]): ReadCode {
  const signed = /^RGS1\.([0-9A-Z]+)\.([0-9A-Z]+)\.[\w-]+$/.exec(text.trim())
  const digits = text.replace(/[\s.·-]/g, '')
  const number = signed ? parseInt(signed[1]!, 36) : /^\d{9,20}$/.test(digits) ? Number(digits.slice(0, -8)) : null
  if (number === null) return { why: 'none' }
  const now = Math.floor(present.getTime() / 1_000 / step_seconds)
  const old = signed ? now - parseInt(signed[2]!, 36) : 0
  if (old < steps_old.min || old > steps_old.max) return { why: 'old' }
  if (journal.some((entry) => entry.offline?.spend?.code === text.trim())) return { why: 'used' }
  const member = all().find((one) => one.number === number)
  return member ? { member } : { why: 'unknown' }
}

/** The most points of a member that may pay so much without a network, beside what waits already. */
export function pointsUsable(
  { member, amount_minor }: { member: KnownMember; amount_minor: number },
  { rules, pays }: Pick<Work, 'rules' | 'pays'>,
  journal: readonly Entry[],
): number {
  if (!pays) return 0
  const before = unreconciled(journal)
    .filter((entry) => entry.member_id === member.member_id)
    .reduce((sum, entry) => sum + (entry.offline?.spend?.points ?? 0), 0)
  const most = Math.min(rules.offline_points_a_receipt_max, rules.offline_points_a_member_max - before)
  return usablePoints(amount_minor, { available: member.available, most }, pays)
}
