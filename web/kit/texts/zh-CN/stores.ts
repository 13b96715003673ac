import type en from '../en/stores.ts'
import type { Translation } from '../translation.ts'

export default {
  title: '门店',
  question: '哪些门店把散客变成会员？',
} satisfies Translation<typeof en>
