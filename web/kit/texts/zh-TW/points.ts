import type en from '../en/points.ts'
import type { Translation } from '../translation.ts'

export default {
  title: '點數',
  question: '點數怎麼累積？什麼時候到期？',
} satisfies Translation<typeof en>
