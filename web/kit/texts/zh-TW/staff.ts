import type en from '../en/staff.ts'
import type { Translation } from '../translation.ts'

export default {
  title: '夥伴',
  question: '誰可以登入？可以做什麼？',
} satisfies Translation<typeof en>
