/** The words of a template while they are written: every language has its fields; empty ones are not sent. */

export type Medium = 'email' | 'sms'
export type Purpose = 'marketing' | 'service'
export interface Words {
  subject: string
  preheader: string
  html: string
  text: string
}
export type WordsByLanguage = Record<string, Words>

export interface TemplateValues {
  name: string
  medium: Medium
  purpose: Purpose
  languages: WordsByLanguage
}

const noWords: Words = { subject: '', preheader: '', html: '', text: '' }

/** Fields for all languages of the program and all that the template has. */
export function wordsFor(codes: readonly string[], kept: Record<string, Partial<Words>>): WordsByLanguage {
  const all = [...new Set([...codes, ...Object.keys(kept)])]
  return Object.fromEntries(all.map((code) => [code, { ...noWords, ...kept[code] }]))
}

/** Has anything been written in this language? */
export function isWritten(words: Words | undefined, medium: Medium): boolean {
  if (!words) return false
  return medium === 'sms'
    ? words.text.trim() !== ''
    : [words.subject, words.html, words.text].some((one) => one.trim() !== '')
}

/** What is saved: the written languages, the fields of the medium that hold something. */
export function written(languages: WordsByLanguage, medium: Medium): Record<string, Partial<Words>> {
  const fields = medium === 'sms' ? (['text'] as const) : (['subject', 'preheader', 'html', 'text'] as const)
  return Object.fromEntries(
    Object.entries(languages)
      .filter(([, words]) => isWritten(words, medium))
      .map(([code, words]) => [
        code,
        Object.fromEntries(
          fields.filter((field) => words[field].trim() !== '').map((field) => [field, words[field]]),
        ),
      ]),
  )
}

/** The places a template may be filled at (Liquid), in the order in which they are wanted. */
export const places = [
  { name: 'first_name', liquid: '{{ member.first_name }}' },
  { name: 'name', liquid: '{{ member.name }}' },
  { name: 'points', liquid: '{{ points }}' },
  { name: 'tier', liquid: '{{ tier.name }}' },
  { name: 'next_tier', liquid: '{{ next_tier.name }}' },
  { name: 'to_next_tier', liquid: '{{ to_next_tier }}' },
  { name: 'store', liquid: '{{ store.name }}' },
  { name: 'program', liquid: '{{ program.name }}' },
  { name: 'number', liquid: '{{ member.number }}' },
  { name: 'ifTier', liquid: '{% if tier.name %}{{ tier.name }}{% endif %}' },
  { name: 'unsubscribe', liquid: '{{ unsubscribe_url }}' },
] as const
