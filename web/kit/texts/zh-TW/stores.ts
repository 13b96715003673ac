import type en from '../en/stores.ts'
import type { Translation } from '../translation.ts'

export default {
  title: '門市',
  question: '哪些門市把散客變成會員？',
} satisfies Translation<typeof en>
