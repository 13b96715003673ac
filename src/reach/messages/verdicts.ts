/**
 * Who opened or clicked: a person or a machine? A verdict with its reason is stored with each touch and never changed.
 * When in doubt a *click* is a person's unless it came impossibly early; an *open* proves less: mail programs fetch
 * images in advance.
 *
 * Where the signs come from: what the products document (Apple's Mail Privacy Protection fetches all images through
 * relays with a bare `Mozilla/5.0`; Gmail's proxy signs `via ggpht.com GoogleImageProxy` and fetches when the message
 * is opened; browsers announce prefetching by `Sec-Purpose` and `Purpose`), and RFC 9110: HEAD asks whether a page is
 * there, which nobody reading a message does.
 */

export interface Seen {
  kind: 'open' | 'click'
  method: string
  user_agent: string
  /** Sec-Purpose, Purpose, X-Purpose or X-Moz, whichever came. */
  purpose: string
  /** Seconds since the message left; null when that is not known. */
  seconds: number | null
  /** Seconds since another link of the same message was clicked; null when none was. */
  seconds_since_other: number | null
}

export interface Verdict {
  verdict: 'human' | 'machine'
  reason: string
}

/** A message must travel, be noticed and be opened: no person has done it within 5 seconds. Scanners act on arrival. */
export const secondsMin = 5
/** Following two different links of one message within a second is a scanner walking through it. */
export const burstSeconds = 1

/** Programs that say what they are: crawlers, link previews, monitors, command-line and library clients. */
const programs = new RegExp(
  [
    // Cubot is a maker of phones
    '(?<!cu)bot\\b',
    'crawl',
    'spider',
    'slurp',
    'preview',
    'scan',
    'monitor',
    'validator',
    'checker',
    'headless',
    'phantomjs',
    'puppeteer',
    'playwright',
    'selenium',
    'curl/',
    'wget/',
    'python',
    'java/',
    'go-http-client',
    'libwww',
    'httpclient',
    'node-fetch',
    'axios/',
    'undici',
    'ruby',
    'perl/',
    'php/',
    'facebookexternalhit',
    'whatsapp',
    'slack-img',
    'line-poker',
    'embedly',
    'barracuda',
    'proofpoint',
    'mimecast',
    'symantec',
    'trend ?micro',
    'cloudmark',
    'zscaler',
    'forcepoint',
    'sophos',
    'fortinet',
    'safelinks',
  ].join('|'),
  'i',
)

/** The one decision; its reason names the rule. */
export function judge(seen: Seen): Verdict {
  const machine = (reason: string): Verdict => ({ verdict: 'machine', reason })
  const agent = seen.user_agent.trim()
  if (seen.method === 'HEAD') return machine('head')
  if (/prefetch|prerender|preview/i.test(seen.purpose)) return machine('prefetch')
  if (agent === '') return machine('no_user_agent')
  if (programs.test(agent)) return machine('program')
  if (agent === 'Mozilla/5.0') return machine('apple_privacy')
  // Gmail fetches ahead of the reader with this frozen, never real, browser name
  if (/Edge\/12\.246 Mozilla\/5\.0$/.test(agent)) return machine('gmail_prefetch')
  if (seen.seconds !== null && seen.seconds < secondsMin) return machine('too_fast')
  if (seen.kind === 'click' && seen.seconds_since_other !== null && seen.seconds_since_other < burstSeconds) {
    return machine('burst')
  }
  if (seen.kind === 'open' && /ggpht\.com|GoogleImageProxy|YahooMailProxy/i.test(agent)) {
    return { verdict: 'human', reason: 'image_proxy' }
  }
  return { verdict: 'human', reason: 'none_against' }
}
