import type en from '../en/tiers.ts'
import type { Translation } from '../translation.ts'

export default {
  title: '会员等级',
  question: '谁达到哪个等级？依据什么规则？',
} satisfies Translation<typeof en>
