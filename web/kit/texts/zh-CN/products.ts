import type en from '../en/products.ts'
import type { Translation } from '../translation.ts'

export default {
  title: '商品',
  question: '卖些什么？归在哪一类？',
  answer: '<products>{{products}}</products> 个商品，分为 {{shelves}} 类。',
  add: '新增商品',
  change: '修改{{name}}',
  search: '名称或货号',
  name: '名称',
  sku: '货号（SKU）',
  skuHint: '收银机和文件里的货号。',
  category: '分类',
  categoryHint: '人群可以用分类找出谁买过。',
  anyCategory: '全部分类',
  price: '售价',
  cost: '成本',
  costHint: '填写后，报表才能算毛利。',
  margin: '售价的 {{share}} 是毛利。',
  needName: '需要名称。',
  needSku: '需要货号。',
  empty: '还没有商品',
  emptyHint: '导入订单后，订单里的商品会自动建立。',
  bring: '导入订单',
  noneHere: '这一类没有商品',
} satisfies Translation<typeof en>
