import type en from '../en/audit.ts'
import type { Translation } from '../translation.ts'

export default {
  title: '操作日志',
} satisfies Translation<typeof en>
