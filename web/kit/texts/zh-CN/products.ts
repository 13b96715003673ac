import type en from '../en/products.ts'
import type { Translation } from '../translation.ts'

export default {
  title: '商品',
  question: '卖的是什么？属于哪个分类？',
} satisfies Translation<typeof en>
