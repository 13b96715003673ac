import type en from '../en/tiers.ts'
import type { Translation } from '../translation.ts'

export default {
  title: '會員等級',
  question: '誰達到哪個等級？依據什麼規則？',
} satisfies Translation<typeof en>
