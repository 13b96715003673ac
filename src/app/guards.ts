/** What doors of lower floors ask of upper ones before they act; no module imports one. */
import type { Guards } from '../base/routes.ts'
import { guards as counter } from '../reach/counter/routes.ts'

export const guards: Guards = { ...counter }
