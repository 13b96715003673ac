/**
 * What members read when they say yes to being written to. A word changed is a new version: what somebody agreed to can
 * be shown years later.
 */
import type { Language } from './types.ts'

export const consent_version = '2026-11'

const texts: Record<'email' | 'sms', Record<Language, string>> = {
  email: {
    en: '{{brand}} may e-mail me offers and news. I can withdraw this here at any time.',
    'zh-TW': '同意{{brand}}用電子郵件寄送優惠與消息給我。我可以隨時在這裡取消。',
    'zh-CN': '同意{{brand}}通过电子邮件发送优惠与消息给我。我可以随时在这里取消。',
  },
  sms: {
    en: '{{brand}} may text me offers and news. I can withdraw this here at any time.',
    'zh-TW': '同意{{brand}}用簡訊傳送優惠與消息給我。我可以隨時在這裡取消。',
    'zh-CN': '同意{{brand}}通过短信发送优惠与消息给我。我可以随时在这里取消。',
  },
}

/** What is asked about a channel, with the version that is kept as proof: `2026-11/zh-TW`. */
export function consentText(channel: 'email' | 'sms', language: Language, brand: string) {
  return {
    channel,
    version: `${consent_version}/${language}`,
    text: texts[channel][language].replace('{{brand}}', language === 'en' ? brand : spaced(brand)),
  }
}

/** Latin letters stand off Chinese ones. */
function spaced(brand: string): string {
  return brand.replace(/^(?=[\x21-\x7e])/, ' ').replace(/(?<=[\x21-\x7e])$/, ' ')
}

/** Is this a version we have shown to anybody? Others prove nothing. */
export function isKnownVersion(version: string): boolean {
  return /^2026-11\/(en|zh-TW|zh-CN)$/.test(version)
}
