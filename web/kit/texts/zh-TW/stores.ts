import type en from '../en/stores.ts'
import type { Translation } from '../translation.ts'

export default {
  title: '門市',
  question: '大家在哪裡消費？',
  answer: '共有 <shops>{{shops}}</shops> 家實體門市、<web>{{web}}</web> 家網路商店。',
  add: '新增門市',
  change: '修改{{name}}',
  name: '名稱',
  code: '代碼',
  codeHint: '收銀機和檔案裡的代碼。訂單出現新代碼時會自動建立門市。',
  kind: '類型',
  kinds: { shop: '實體門市', web: '網路商店' },
  kindHint: '報表會分開看到店和線上消費。',
  zone: '時區',
  zoneOf: '同會員制度：{{zone}}',
  zoneHint: '只有和會員制度時區不同的門市需要設定。',
  since: '建立時間',
  needName: '需要名稱。',
  needCode: '需要代碼。',
  empty: '還沒有門市',
  emptyHint: '新增一家，或匯入訂單：訂單裡的門市會自動建立。',
} satisfies Translation<typeof en>
