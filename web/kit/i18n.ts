/**
 * Three languages; only the one in use is loaded. A key is `noun:key`, checked by TypeScript against the English file;
 * the Chinese files must have exactly its keys (see texts/translation.ts).
 */
import i18next from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'
import { closeUp, marked } from './close-up.ts'
import type { Texts } from './texts/en.ts'
import { worded } from './wording.ts'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'kit'
    resources: Texts
    returnNull: false
  }
}

/** A language of the screen (BCP 47) with its own name. */
export const languages = [
  { code: 'en', name: 'English' },
  { code: 'zh-TW', name: '繁體中文' },
  { code: 'zh-CN', name: '简体中文' },
] as const
export type Language = (typeof languages)[number]['code']

const storageKey = 'regulars.language'

/** Where an app's texts come from, by language; loaded when wanted. */
export type TextSource = Record<Language, () => Promise<{ texts: object }>>

let load: TextSource

/** The nearest language we have: zh-HK and zh-Hant read traditional, other Chinese simplified, the rest English. */
export function nearestLanguage(wanted: string | null | undefined): Language {
  const tag = (wanted ?? '').toLowerCase()
  if (/^zh.*\b(tw|hk|mo|hant)\b/.test(tag)) return 'zh-TW'
  return tag.startsWith('zh') ? 'zh-CN' : 'en'
}

/** What this browser chose earlier, or null. */
export function chosenLanguage(): Language | null {
  const kept = localStorage.getItem(storageKey)
  return languages.some(({ code }) => code === kept) ? (kept as Language) : null
}

const isChinese = () => i18next.language?.startsWith('zh')

/** Starts the texts, from the nouns that the app chooses; call once before the first render. */
export async function startTexts(language: Language, source: TextSource): Promise<void> {
  load = source
  const { texts } = await load[language]()
  await i18next
    .use(initReactI18next)
    .use(closeUp)
    .init({
      lng: language,
      fallbackLng: false,
      ns: Object.keys(texts),
      defaultNS: 'kit',
      resources: { [language]: texts as never },
      // React escapes by itself; what is filled into Chinese is marked, so that spaces around it can go
      interpolation: { escapeValue: true, escape: (value) => (isChinese() ? marked(value) : value) },
      postProcess: [closeUp.name],
      returnNull: false,
    })
  document.documentElement.lang = language
}

/** Switches the screen's language, and remembers it when the person chose it. */
export async function setLanguage(language: Language, options: { remember: boolean }): Promise<void> {
  if (options.remember) localStorage.setItem(storageKey, language)
  if (i18next.language === language) return
  const { texts } = await load[language]()
  for (const [noun, words] of Object.entries(texts)) i18next.addResourceBundle(language, noun, words, true, true)
  await i18next.changeLanguage(language)
  document.documentElement.lang = language
}

/** `const { t } = useTexts()`; then `t('members:title')`. Re-renders when the language changes. */
export function useTexts() {
  // naming every noun keeps `t('noun:key')` typed for all of them
  const { t, i18n } = useTranslation(nouns)
  return { t, language: i18n.language as Language }
}

const nouns = [] as unknown as (keyof Texts)[]

/** Does a text exist under this key? For keys made at run time, such as error codes. */
export function hasText(key: string): boolean {
  return i18next.exists(key)
}

/** A text by a key made at run time; `fallback` when there is none. */
export function textOf(key: string, fallback: string, params: Record<string, unknown> = {}): string {
  if (!i18next.exists(key)) return fallback
  const said = key.startsWith('errors:') ? worded(params, i18next.language) : params
  return (i18next.t as unknown as (key: string, params: object) => string)(key, said)
}

/** A name given in several languages (a tier, a privilege) as this reader reads it; else the first there is. */
export function nameIn(names: Record<string, string> | null | undefined, language: string, fallback: string): string {
  if (!names) return fallback
  return (
    names[language] ??
    Object.entries(names).find(([code]) => nearestLanguage(code) === language)?.[1] ??
    Object.values(names)[0] ??
    fallback
  )
}
