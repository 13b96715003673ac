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

/** The letter with a code, in the reader's language. */
export function codeLetter(
  language: Language,
  brand: string,
  code: string,
  purpose: 'sign_in' | 'erase',
  minutes: number,
) {
  const spaced = `${code.slice(0, 3)} ${code.slice(3)}`
  const words = {
    en: {
      sign_in: `${spaced} is your code for ${brand}. It is good for ${minutes} minutes.`,
      erase: `${spaced} is your code to delete your account with ${brand}. It is good for ${minutes} minutes.`,
      beware: 'Tell it to nobody. If you did not ask for it, you need do nothing.',
    },
    'zh-TW': {
      sign_in: `您的 ${brand} 驗證碼是 ${spaced}，${minutes} 分鐘內有效。`,
      erase: `刪除 ${brand} 帳號的驗證碼是 ${spaced}，${minutes} 分鐘內有效。`,
      beware: '請勿告訴任何人。如果不是您本人操作，不必理會。',
    },
    'zh-CN': {
      sign_in: `您的 ${brand} 验证码是 ${spaced}，${minutes} 分钟内有效。`,
      erase: `删除 ${brand} 账号的验证码是 ${spaced}，${minutes} 分钟内有效。`,
      beware: '请勿告诉任何人。如果不是您本人操作，不必理会。',
    },
  }[language]
  return { subject: words[purpose], text: `${words[purpose]}\n\n${words.beware}` }
}
