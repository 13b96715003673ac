/** Who did it: written on every fact, entry and audit line. `name` is for people, never a secret. */
export interface Actor {
  kind: 'staff' | 'key' | 'member' | 'system'
  /** staff_id, api key id or member_id; null for the system itself. */
  id: string | null
  name: string
}

/** The program acting by itself: clock work, migrations, the demo. */
export function systemActor(name: string): Actor {
  return { kind: 'system', id: null, name }
}

/** One text for rows that keep who did it: `staff:0198…`, `system:expiry`. */
export function actorText(actor: Actor): string {
  return `${actor.kind}:${actor.id ?? actor.name}`
}
