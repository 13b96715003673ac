import type en from '../en/products.ts'
import type { Translation } from '../translation.ts'

export default {
  title: '商品',
  question: '賣些什麼？放在哪一類？',
  answer: '<products>{{products}}</products> 項商品，分成 {{shelves}} 類。',
  add: '新增商品',
  change: '修改{{name}}',
  search: '名稱或貨號',
  name: '名稱',
  sku: '貨號（SKU）',
  skuHint: '收銀機和檔案裡的貨號。',
  category: '分類',
  categoryHint: '分眾可以用分類找出誰買過。',
  anyCategory: '所有分類',
  price: '售價',
  cost: '成本',
  costHint: '填了之後，報表才能談毛利。',
  margin: '售價的 {{share}} 是毛利。',
  needName: '需要名稱。',
  needSku: '需要貨號。',
  empty: '還沒有商品',
  emptyHint: '匯入訂單後，訂單裡的商品會自動建立。',
  bring: '匯入訂單',
  noneHere: '這一類沒有商品',
} satisfies Translation<typeof en>
