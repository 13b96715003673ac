/** What is decided about messages, without looking anywhere. */

/** Minutes until a message that could not leave is tried again; after the last it has failed. RFC 5321 4.5.4.1 asks
 * for at least 30 minutes after the first two tries; greylisting lets the second through after 1 to 15. */
export const retryMinutes = [2, 15, 60, 240] as const

/** When to try again after `attempts` tries, or null when enough has been tried or it would be too late by then. */
export function retryAt(attempts: number, now: Date, not_after: Date): Date | null {
  const minutes = retryMinutes[attempts - 1]
  if (minutes === undefined) return null
  const at = new Date(now.getTime() + minutes * 60_000)
  return at < not_after ? at : null
}

/** Seconds a whole channel rests after trouble: 10, 20, 40 … 300, so that a relay's restart costs little. */
export function troubleSeconds(times: number): number {
  return Math.min(300, 10 * 2 ** Math.min(times, 10))
}

/** Chinese is written in two scripts: regions and scripts that read the traditional one. */
const traditional = /^zh-(tw|hk|mo|hant)/i

/**
 * The language of a text for a member: exactly theirs, else the same script of Chinese, else the same tongue, else the
 * program's, else the first there is. `null` only for a template without any language.
 */
export function languageFor(locale: string | null, available: readonly string[], program: string): string | null {
  const wanted = (locale ?? program).toLowerCase()
  const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase()
  const exact = available.find((each) => same(each, wanted))
  if (exact) return exact
  if (wanted.startsWith('zh')) {
    const script = traditional.test(wanted)
    const near = available.find((each) => /^zh/i.test(each) && traditional.test(each) === script)
    if (near) return near
  }
  const tongue = wanted.split('-')[0]!
  return (
    available.find((each) => same(each.split('-')[0]!, tongue)) ??
    available.find((each) => same(each, program)) ??
    available[0] ??
    null
  )
}

/** Letters that fit seven bits (3GPP TS 23.038 6.2.1); those of its extension table take two places. */
const gsm = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ' +
    'ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
const gsmExtension = new Set('^{}\\[~]|€')

/** How many parts an SMS is sent and paid as: 160 or 70 letters, 153 or 67 each once cut (TS 23.040 9.2.3.24). */
export function smsParts(text: string): number {
  let places = 0
  let plain = true
  for (const letter of text) {
    if (gsm.has(letter)) places += 1
    else if (gsmExtension.has(letter)) places += 2
    else plain = false
  }
  const [single, each] = plain ? [160, 153] : [70, 67]
  const length = plain ? places : text.length
  return length <= single ? 1 : Math.ceil(length / each)
}
