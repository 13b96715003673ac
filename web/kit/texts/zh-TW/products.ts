import type en from '../en/products.ts'
import type { Translation } from '../translation.ts'

export default {
  title: '商品',
  question: '賣的是什麼？屬於哪個分類？',
} satisfies Translation<typeof en>
