/**
 * The order of all rooms, lowest first; order inside a floor counts too. A module calls only what stands before it
 * here; what those after it must know, it writes down as a fact. `test/tidy` holds it.
 */
export const floors = {
  record: ['staff', 'program', 'stores', 'products', 'members', 'orders'],
  value: [
    'runs',
    'budgets',
    'tiers',
    'points',
    'coupons',
    'privileges',
    'plans',
    'cards',
    'gifts',
    'protection',
    'offers',
    'moments',
    'imports',
  ],
  reach: ['segments', 'messages', 'joining', 'counter', 'portal', 'passes'],
  steer: ['campaigns', 'people', 'reports'],
} as const

/** All modules in one line, lowest first, as `floor/module`. */
export const rooms: string[] = Object.entries(floors).flatMap(([floor, modules]) =>
  modules.map((name) => `${floor}/${name}`),
)
