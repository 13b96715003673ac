/**
 * What a provider's answer came to. It is good once: drawn again, or loaded again because the phone forgot the page
 * while its owner looked for the code in another app, the page shows what it came to and sends nothing a second time.
 */
import { call, type Answer } from '../kit/call.ts'

export type Came = Answer<'POST /v1/open/portal/account-returns'>
type Given = Record<string, string>

/** Of this tab alone, until it has led somewhere. */
const cameKey = 'regulars.portal.came'
let hearing: { state: string | undefined; came: Promise<Came> } | null = null

/** Hears an answer, once for each `state`; whoever asks again gets what it came to. Throws what the route refuses. */
export function hearAnswer(answer: Given): Promise<Came> {
  const { state } = answer
  if (hearing && hearing.state === state) return hearing.came
  const kept = keptFor(state)
  const came = kept ? Promise.resolve(kept) : hear(answer)
  hearing = { state, came }
  return came
}

async function hear(answer: Given): Promise<Came> {
  const came = await call('POST /v1/open/portal/account-returns', { body: { answer } })
  sessionStorage.setItem(cameKey, JSON.stringify({ state: answer['state'], came }))
  return came
}

function keptFor(state: string | undefined): Came | null {
  const kept = JSON.parse(sessionStorage.getItem(cameKey) ?? 'null') as { state?: string; came: Came } | null
  return kept && kept.state === state ? kept.came : null
}

/** It has led somewhere: name and e-mail stay nowhere. */
export function forgetAnswer(): void {
  hearing = null
  sessionStorage.removeItem(cameKey)
}
