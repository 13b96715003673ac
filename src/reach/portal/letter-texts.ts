/** What the letters with codes say. */
import type { Language } from '../joining/types.ts'

/** The letter with a code, in the reader's language. */
export function codeLetter(
  language: Language,
  brand: string,
  code: string,
  purpose: 'sign_in' | 'erase' | 'bind',
  minutes: number,
) {
  const spaced = `${code.slice(0, 3)} ${code.slice(3)}`
  const words = {
    en: {
      sign_in: `${spaced} is your code for ${brand}. It is good for ${minutes} minutes.`,
      bind: `${spaced} is your code to add this address to your card with ${brand}. It is good for ${minutes} minutes.`,
      erase: `${spaced} is your code to delete your account with ${brand}. It is good for ${minutes} minutes.`,
      beware: 'Tell it to nobody. If you did not ask for it, you need do nothing.',
    },
    'zh-TW': {
      sign_in: `您的 ${brand} 驗證碼是 ${spaced}，${minutes} 分鐘內有效。`,
      bind: `將此聯絡方式加入 ${brand} 會員卡的驗證碼是 ${spaced}，${minutes} 分鐘內有效。`,
      erase: `刪除 ${brand} 帳號的驗證碼是 ${spaced}，${minutes} 分鐘內有效。`,
      beware: '請勿告訴任何人。如果不是您本人操作，不必理會。',
    },
    'zh-CN': {
      sign_in: `您的 ${brand} 验证码是 ${spaced}，${minutes} 分钟内有效。`,
      bind: `将此联系方式加入 ${brand} 会员卡的验证码是 ${spaced}，${minutes} 分钟内有效。`,
      erase: `删除 ${brand} 账号的验证码是 ${spaced}，${minutes} 分钟内有效。`,
      beware: '请勿告诉任何人。如果不是您本人操作，不必理会。',
    },
  }[language]
  return { subject: words[purpose], text: `${words[purpose]}\n\n${words.beware}` }
}
