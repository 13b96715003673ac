/** What a member looks like after others were merged into them: the survivor rule. Pure. */
import type { Member, MemberKind } from './types.ts'

/** One to be merged and the one that stays. */
export interface MergePair {
  keep: string
  merge: string
}

const ranks: Readonly<Record<MemberKind, number>> = { walk_in: 0, guest: 1, follower: 2, member: 3 }

/**
 * The survivor rule: what the kept one says holds, what it does not say is filled in from the others, the first first.
 * Names come from one of them, never mixed. Tags are all their tags. Whoever of them had joined makes the kept one a
 * member, since the earliest day.
 */
export function survivorOf(kept: Member, gone: readonly Member[]): Member {
  const all = [kept, ...gone]
  const first = <Key extends keyof Member>(key: Key) => all.find((one) => one[key] !== null)?.[key] ?? null
  const named = all.find((one) => one.display_name !== null) ?? kept
  const joined = all
    .filter((one) => one.kind === 'member' && one.joined_at !== null)
    .reduce<Member | null>((a, b) => (a && a.joined_at! <= b.joined_at! ? a : b), null)
  const best = all.reduce((a, b) => (ranks[b.kind] > ranks[a.kind] ? b : a))
  return {
    ...kept,
    kind: best.kind,
    display_name: named.display_name,
    first_name: named.first_name,
    last_name: named.last_name,
    external_id: first('external_id'),
    phone: first('phone'),
    email: first('email'),
    birth_date: birthDateOf(all),
    gender: first('gender') as Member['gender'],
    locale: first('locale'),
    time_zone: first('time_zone'),
    home_store_id: first('home_store_id'),
    attributes: Object.assign({}, ...all.map((one) => one.attributes).reverse()) as Record<string, unknown>,
    tags: [...new Set(all.flatMap((one) => one.tags))].sort(),
    joined_at: joined?.joined_at ?? kept.joined_at,
    join_channel: joined ? joined.join_channel : kept.join_channel,
    join_store_id: joined ? joined.join_store_id : kept.join_store_id,
  }
}

/** The first that is known; one with its year before the same day without. */
function birthDateOf(all: readonly Member[]): string | null {
  const known = all.flatMap((one) => (one.birth_date ? [one.birth_date] : []))
  const first = known[0] ?? null
  if (!first?.startsWith('-')) return first
  return known.find((date) => !date.startsWith('-') && date.slice(-5) === first.slice(-5)) ?? first
}

/**
 * Where each merged member ends: of chains (a into b, b into c) the end. `null`: somebody is merged into two, or in a
 * circle.
 */
export function endsOf(pairs: readonly MergePair[]): MergePair[] | null {
  const next = new Map<string, string>()
  for (const { keep, merge } of pairs) {
    if (keep === merge || (next.has(merge) && next.get(merge) !== keep)) return null
    next.set(merge, keep)
  }
  const ended: MergePair[] = []
  for (const [merge, first] of next) {
    let keep = first
    for (let steps = 0; next.has(keep); steps += 1) {
      if (steps > next.size) return null
      keep = next.get(keep)!
    }
    ended.push({ keep, merge })
  }
  return ended
}

/** What holds of one consent of one member, before merging. */
export interface HeldBefore {
  /** The kept one's own, or of somebody merged into them. */
  is_own: boolean
  status: 'granted' | 'withdrawn'
  at: Date
}

/**
 * Of what several accounts of one person say about a channel: a no anywhere is a no (pain 24), silence says nothing.
 * `is_said_anew`: the no is older than somebody's yes, so it has to be written down again to hold.
 */
export function strictestOf(held: readonly HeldBefore[], now: Date): HeldBefore & { is_said_anew: boolean } {
  const last = held.reduce((a, b) =>
    b.at > a.at || (b.at.getTime() === a.at.getTime() && b.status === 'withdrawn') ? b : a,
  )
  const is_said_anew = last.status === 'granted' && held.some((one) => one.status === 'withdrawn')
  if (!is_said_anew) return { ...last, is_said_anew }
  return { is_own: true, status: 'withdrawn', at: now > last.at ? now : last.at, is_said_anew }
}
