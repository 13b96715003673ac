import type en from '../en/program.ts'
import type { Translation } from '../translation.ts'

export default {
  title: '会员体系',
  question: '这套会员体系怎么计算？',
} satisfies Translation<typeof en>
