import type en from '../en/imports.ts'
import type { Translation } from '../translation.ts'

export default {
  title: '匯入資料',
  question: '要匯入哪個檔案？',
} satisfies Translation<typeof en>
