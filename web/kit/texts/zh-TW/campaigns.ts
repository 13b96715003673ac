import type en from '../en/campaigns.ts'
import type { Translation } from '../translation.ts'

export default {
  title: '行銷活動',
  question: '每一次發送，真正帶來了什麼？',
} satisfies Translation<typeof en>
