/** What every provider's file can do: send somebody there, and read who came back. */
import { AppError } from '../../../base/errors.ts'
import type { Arrived, Provider } from '../types.ts'

/** Where the answer comes back to, and what ties it to this attempt. */
export interface Leaving {
  redirect_uri: string
  state: string
  nonce: string
  verifier: string
}
/** What came back, as the address that the provider called. */
export interface Returning extends Leaving {
  /** With `code`, `state` and what else the provider adds. */
  current_url: URL
}
export interface Adapter {
  /** Secrets and settings without which it cannot work. */
  needs: { settings: readonly string[]; secrets: readonly string[] }
  /** The address to go to. Throws `provider.down`, `provider.answer_wrong`. */
  begin(provider: Provider, leaving: Leaving, now: Date): Promise<string>
  /** Who came. Throws `provider.down`, `provider.refused`, `provider.answer_wrong`. */
  finish(provider: Provider, returning: Returning, now: Date): Promise<Arrived>
}

/** A person waits for the answer; a provider that needs longer is as good as down. */
export const answer_seconds_max = 5

export const down = () => new AppError('provider.down', {}, { status: 503 })
/** It does not know us: the client's id or secret is wrong. */
export const setWrong = () => new AppError('provider.set_wrong')
export const refused = () => new AppError('provider.refused')
export const wrong = () => new AppError('provider.answer_wrong')
