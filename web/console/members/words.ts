/** The states of a member's rhythm, in the order in which one passes through them. */
export const stateNames = ['new', 'active', 'drowsy', 'asleep', 'lost', 'back'] as const
export type StateName = (typeof stateNames)[number]

export function isState(state: string | null | undefined): state is StateName {
  return (stateNames as readonly (string | null | undefined)[]).includes(state)
}
