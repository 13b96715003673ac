/** The few words of a pass, in the three languages, by the names that Apple and Google call them. */

export const passLanguages = [
  { ours: 'en', apple: 'en', google: 'en-US' },
  { ours: 'zh-TW', apple: 'zh-Hant', google: 'zh-TW' },
  { ours: 'zh-CN', apple: 'zh-Hans', google: 'zh-CN' },
] as const
export type PassLanguage = (typeof passLanguages)[number]['ours']

const words = {
  points: { en: 'POINTS', 'zh-TW': '點數', 'zh-CN': '积分' },
  points_changed: { en: 'You have %@ points', 'zh-TW': '你有 %@ 點', 'zh-CN': '你有 %@ 积分' },
  tier: { en: 'TIER', 'zh-TW': '會員等級', 'zh-CN': '会员等级' },
  tier_changed: { en: 'Your tier is now %@', 'zh-TW': '你的會員等級是 %@', 'zh-CN': '你的会员等级是 %@' },
  member: { en: 'MEMBER', 'zh-TW': '會員', 'zh-CN': '会员' },
  number: { en: 'Member number', 'zh-TW': '會員編號', 'zh-CN': '会员编号' },
  expiring: { en: 'Points that expire next', 'zh-TW': '最近到期的點數', 'zh-CN': '最近到期的积分' },
  expires_on: { en: 'On', 'zh-TW': '到期日', 'zh-CN': '到期日' },
  card: { en: 'Membership card', 'zh-TW': '會員卡', 'zh-CN': '会员卡' },
  portal: { en: 'All about your membership', 'zh-TW': '會員頁', 'zh-CN': '会员页' },
  terms: { en: 'Terms', 'zh-TW': '會員條款', 'zh-CN': '会员条款' },
  help: { en: 'Questions', 'zh-TW': '有問題找誰', 'zh-CN': '有问题找谁' },
  earns: {
    en: 'Show it when you pay: it earns points. Paying with points takes the code in the portal.',
    'zh-TW': '結帳時出示即可累積點數；用點數折抵請出示會員頁的付款碼。',
    'zh-CN': '结账时出示即可累积积分；用积分抵扣请出示会员页的付款码。',
  },
  how: { en: 'How it works', 'zh-TW': '怎麼使用', 'zh-CN': '怎么使用' },
} satisfies Record<string, Record<PassLanguage, string>>
export type PassWord = keyof typeof words

export const passWords = Object.keys(words) as PassWord[]
export const wordIn = (word: PassWord, language: PassLanguage): string => words[word][language]

/** A text that the brand wrote: in this language, else in another that it has; null when it has none. */
export function textIn(texts: Readonly<Record<string, string | undefined>>, language: PassLanguage): string | null {
  return texts[language] || texts['en'] || texts['zh-TW'] || texts['zh-CN'] || Object.values(texts)[0] || null
}
