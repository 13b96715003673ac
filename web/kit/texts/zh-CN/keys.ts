import type en from '../en/keys.ts'
import type { Translation } from '../translation.ts'

export default {
  title: 'API 密钥',
} satisfies Translation<typeof en>
