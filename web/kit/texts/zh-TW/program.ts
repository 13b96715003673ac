import type en from '../en/program.ts'
import type { Translation } from '../translation.ts'

export default {
  title: '會員制度',
  question: '這套會員制度怎麼計算？',
} satisfies Translation<typeof en>
