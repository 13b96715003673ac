import type en from '../en/imports.ts'
import type { Translation } from '../translation.ts'

export default {
  title: '导入数据',
  question: '要导入哪个文件？',
} satisfies Translation<typeof en>
