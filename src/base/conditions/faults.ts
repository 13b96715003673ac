/** Collects everything that is wrong with an input, each fault with the place where it is. */
import type { ErrorDetail } from '../errors.ts'

export class Faults {
  readonly list: ErrorDetail[] = []

  add(pointer: string, code: string, params?: Record<string, unknown>): undefined {
    this.list.push({ pointer, code, ...(params && { params }) })
    return undefined
  }
}

/** The value as a plain object, or undefined. */
export function recordOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined
}

/** Names each key that is not allowed. */
export function refuseOtherKeys(
  record: Record<string, unknown>,
  allowed: readonly string[],
  pointer: string,
  faults: Faults,
): void {
  for (const key of Object.keys(record)) {
    if (!allowed.includes(key)) faults.add(`${pointer}/${escapeKey(key)}`, 'condition.key_unknown', { key })
  }
}

/** RFC 6901. */
function escapeKey(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}
