import type en from '../en/staff.ts'
import type { Translation } from '../translation.ts'

export default {
  title: '员工',
  question: '谁可以登录？可以做什么？',
} satisfies Translation<typeof en>
