/** All nouns of a language at once: the console needs them. */
import type { TextSource } from '../i18n.ts'

export const everyText: TextSource = {
  en: () => import('./en.ts'),
  'zh-TW': () => import('./zh-TW.ts'),
  'zh-CN': () => import('./zh-CN.ts'),
}
