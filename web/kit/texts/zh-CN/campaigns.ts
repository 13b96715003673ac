import type en from '../en/campaigns.ts'
import type { Translation } from '../translation.ts'

export default {
  title: '营销活动',
  question: '每一次发送，真正带来了什么？',
} satisfies Translation<typeof en>
