/**
 * Liquid → what one member reads. A version is compiled once a language and kept; `renderSync` fills it. Templates see
 * only the values handed to them: no file, no include, no prototype; time and memory are limited.
 */
import { Liquid, type Template as LiquidPart } from 'liquidjs'
import { AppError, coerceError } from '../../base/errors.ts'
import { decimalsOf, moneyText } from '../../base/money.ts'
import { linkHtml, linksMax, linkText, linkVariable, textOfHtml } from './links.ts'
import { languageFor } from './rules.ts'
import { spoken, textsIn } from './texts.ts'
import type { LanguageText, Languages, Medium, Purpose } from './types.ts'
import type { MemberValues, ProgramValues } from './values.ts'

const limits = {
  templates: {},
  ownPropertyOnly: true,
  strictFilters: true,
  // a typical text renders in 0.03 ms: 200 ms is a loop gone wrong, and a worker's second is dear
  renderLimit: 200,
  // characters copied by filters and loops; the longest text allowed, twenty times
  memoryLimit: 10_000_000,
  parseLimit: 2_000_000,
}
const html = new Liquid({ ...limits, outputEscape: 'escape' })
const plain = new Liquid(limits)
const address = new Liquid({ ...limits, outputEscape: (value: unknown) => encodeURIComponent(String(value ?? '')) })

/** What a template may speak of; anything else is told as unknown when it is saved. */
export const variables = [
  'member',
  'points',
  'tier',
  'next_tier',
  'to_next_tier',
  'store',
  'program',
  'unsubscribe_url',
] as const

/** A version in one language, ready to be filled. */
export interface Compiled {
  language: string
  subject: LiquidPart[]
  html: LiquidPart[] | null
  text: LiquidPart[]
}

/** A rendered message. */
export interface Rendered {
  subject: string
  html: string | null
  text: string
}

/** A version whose links are numbered: the same languages always give the same numbers. */
export interface LinkedVersion {
  languages: Map<string, { html: string | null; text: string }>
  urls: string[]
}

/** Numbers the counted links of all languages. Throws `template.too_many_links`. */
export function linkVersion(medium: Medium, languages: Languages): LinkedVersion {
  const urls: string[] = []
  const linked: LinkedVersion['languages'] = new Map()
  // jsonb keeps no order of keys: sort, so that numbers are the same at saving and at sending
  for (const language of Object.keys(languages).sort()) {
    const words = languages[language]!
    const source = medium === 'email' ? (words.html ?? null) : null
    const html = source === null ? null : linkHtml(source, urls)
    const text = words.text ?? textOfHtml(source ?? '', urls)
    linked.set(language, { html, text: linkText(text, urls) })
  }
  if (urls.length > linksMax)
    throw new AppError('template.too_many_links', { links: urls.length, links_max: linksMax })
  return { languages: linked, urls }
}

const compiledMax = 500
const compiled = new Map<string, Compiled>()

export interface Version {
  template_id: string
  version: number
  medium: Medium
  purpose: Purpose
  languages: Languages
}

/** Compiles a version in a language; remembered, because a version never changes. */
export function compile(version: Version, language: string): Compiled {
  const key = `${version.template_id} ${version.version} ${language}`
  const known = compiled.get(key)
  if (known) return known
  const made = compileFresh(version, language)
  if (compiled.size >= compiledMax) compiled.delete(compiled.keys().next().value!)
  compiled.set(key, made)
  return made
}

/** Compiles without remembering: for texts that are still being written. */
export function compileFresh(version: Omit<Version, 'template_id' | 'version'>, language: string): Compiled {
  const words = version.languages[language]
  if (!words) throw new AppError('template.language_missing', { language })
  const linked = linkVersion(version.medium, version.languages).languages.get(language)!
  const wantsFooter = version.purpose === 'marketing'
  return {
    language,
    subject: parse(plain, words.subject ?? '', language, 'subject'),
    html:
      linked.html === null ? null : parse(html, pageOf(linked.html, words, language, wantsFooter), language, 'html'),
    text: parse(plain, plainOf(linked.text, version.medium, language, wantsFooter), language, 'text'),
  }
}

function parse(engine: Liquid, source: string, language: string, part: string): LiquidPart[] {
  try {
    return engine.parse(source)
  } catch (thrown) {
    throw new AppError('template.liquid_broken', { language, part, detail: coerceError(thrown).message })
  }
}

const saysUnsubscribe = /\{\{-?\s*unsubscribe_url\b/

/** A whole document: hidden preview line first, the program's footer and the pixel last. */
function pageOf(source: string, words: LanguageText, language: string, wantsFooter: boolean): string {
  const texts = textsIn(languageFor(language, spoken, 'en')!)
  const before = words.preheader
    ? `<div style="display:none;max-height:0;overflow:hidden">${words.preheader}</div>`
    : ''
  const footer =
    wantsFooter && !saysUnsubscribe.test(source)
      ? `<p style="margin:32px 0 0;font:12px/1.5 sans-serif;color:#767676">${texts.footer_why}
{% if program.postal_address %}<br>{{ program.postal_address }}{% endif %}
<br><a href="{{ unsubscribe_url }}" style="color:#767676">${texts.footer_unsubscribe}</a></p>`
      : ''
  const pixel = '{% if _pixel %}<img src="{{ _pixel }}" width="1" height="1" alt="" style="display:block">{% endif %}'
  const whole = /<body\b/i.test(source)
    ? source
    : `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
      `</head><body>${source}</body></html>`
  return whole
    .replace(/<body\b[^>]*>/i, (opening) => opening + before)
    .replace(/<\/body>|$/i, (closing) => footer + pixel + closing)
}

function plainOf(source: string, medium: Medium, language: string, wantsFooter: boolean): string {
  if (!wantsFooter || saysUnsubscribe.test(source)) return source
  const texts = textsIn(languageFor(language, spoken, 'en')!)
  if (medium === 'sms') return `${source} ${texts.sms_unsubscribe} {{ unsubscribe_url }}`
  return `${source}

-- ${''}
${texts.footer_why}{% if program.postal_address %}
{{ program.postal_address }}{% endif %}
${texts.footer_unsubscribe}: {{ unsubscribe_url }}
`
}

/** The addresses that belong to one message; `pixel` is empty where an open is not to be counted. */
export interface Addresses {
  link: string
  pixel: string
  unsubscribe: string
}

/** Fills a compiled version for one member. Throws what Liquid throws; one message's trouble is not the batch's. */
export function render(
  parts: Compiled,
  member: MemberValues,
  program: ProgramValues,
  addresses: Addresses,
): Rendered {
  const scope = scopeOf(member, program, parts.language, addresses)
  return {
    subject: oneLine(plain.renderSync(parts.subject, scope) as string),
    html: parts.html ? (html.renderSync(parts.html, scope) as string) : null,
    text: plain.renderSync(parts.text, scope) as string,
  }
}

/** Fills `{{ … }}` in the address of a link, each value encoded: it stays within path and query. */
export function renderUrl(url: string, member: MemberValues, program: ProgramValues, language: string): string {
  if (!url.includes('{{')) return url
  const scope = scopeOf(member, program, language, { link: '', pixel: '', unsubscribe: '' })
  return address.parseAndRenderSync(url, scope) as string
}

function scopeOf(
  member: MemberValues,
  program: ProgramValues,
  language: string,
  addresses: Addresses,
): Record<string, unknown> {
  const named = (names: Record<string, string> | null, code: string | null) => {
    const known = languageFor(language, Object.keys(names ?? {}), program.default_language)
    return (known && names?.[known]) ?? code
  }
  const next = member.next_tier ?? null
  return {
    member: {
      name: nameOf(member),
      first_name: member.first_name ?? nameOf(member),
      last_name: member.last_name ?? '',
      number: member.number,
      external_id: member.external_id,
      birth_date: member.birth_date,
      locale: member.locale,
      tags: member.tags,
      attributes: member.attributes,
    },
    points: member.points,
    tier: { code: member.tier_code, name: named(member.tier_names, member.tier_code) },
    // nothing on the highest tier, so that a text can ask: if next_tier
    next_tier: next && {
      code: next.code,
      name: named(next.names, next.code),
      // a number to compare with, in the currency's own unit
      missing: next.missing_minor / 10 ** decimalsOf(program.currency),
    },
    to_next_tier: next ? moneyText(next.missing_minor, program.currency, language) : '',
    store: { name: member.store_name },
    program: { name: program.name, postal_address: program.postal_address },
    unsubscribe_url: addresses.unsubscribe,
    [linkVariable]: addresses.link,
    _pixel: addresses.pixel,
  }
}

/** What a member is called in an address line; empty when no name is known. */
export function nameOf(member: MemberValues): string {
  return member.display_name ?? [member.first_name, member.last_name].filter(Boolean).join(' ')
}

/** A line feed in a subject would begin another header. */
function oneLine(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').trim()
}

/** Names a template speaks of that nobody will ever fill. */
export function unknownVariables(languages: Languages): string[] {
  const known = new Set<string>(variables)
  const found = new Set<string>()
  for (const words of Object.values(languages)) {
    for (const source of [words.subject, words.preheader, words.html, words.text]) {
      if (!source) continue
      for (const name of plain.globalVariablesSync(plain.parse(source))) if (!known.has(name)) found.add(name)
    }
  }
  return [...found].sort()
}

/** Checks a version before it is kept: every part parses, every language has what its medium needs. */
export function checkLanguages(medium: Medium, purpose: Purpose, languages: Languages): void {
  if (Object.keys(languages).length === 0) throw new AppError('template.language_missing', {})
  for (const [language, words] of Object.entries(languages)) {
    const missing =
      medium === 'sms'
        ? words.text?.trim()
          ? null
          : 'text'
        : !words.subject?.trim()
          ? 'subject'
          : words.html?.trim() || words.text?.trim()
            ? null
            : 'html'
    if (missing) throw new AppError('template.text_missing', { language, part: missing })
    compileFresh({ medium, purpose, languages }, language)
  }
}
