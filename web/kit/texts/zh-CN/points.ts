import type en from '../en/points.ts'
import type { Translation } from '../translation.ts'

export default {
  title: '积分',
  question: '积分怎么累积？什么时候到期？',
} satisfies Translation<typeof en>
