import type en from '../en/audit.ts'
import type { Translation } from '../translation.ts'

export default {
  title: '操作紀錄',
} satisfies Translation<typeof en>
