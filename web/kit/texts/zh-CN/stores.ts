import type en from '../en/stores.ts'
import type { Translation } from '../translation.ts'

export default {
  title: '门店',
  question: '大家在哪里消费？',
  answer: '共有 <shops>{{shops}}</shops> 家实体门店、<web>{{web}}</web> 家网店。',
  add: '新增门店',
  change: '修改{{name}}',
  name: '名称',
  code: '代码',
  codeHint: '收银机和文件里的代码。订单出现新代码时会自动建立门店。',
  kind: '类型',
  kinds: { shop: '实体门店', web: '网店' },
  kindHint: '报表会区分到店与线上消费。',
  zone: '时区',
  zoneOf: '同会员体系：{{zone}}',
  zoneHint: '只有与会员体系时区不同的门店需要设置。',
  since: '建立时间',
  needName: '需要名称。',
  needCode: '需要代码。',
  empty: '还没有门店',
  emptyHint: '新增一家，或导入订单：订单里的门店会自动建立。',
} satisfies Translation<typeof en>
