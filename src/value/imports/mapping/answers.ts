/**
 * Words that stand for a choice: yes and no, status, kind, gender, language, "no member". As they are written in
 * English, Traditional and Simplified Chinese and Japanese; compared in small letters, full-width made narrow,
 * blanks out.
 */
import { narrow, remembered } from './repairs.ts'

/** How far an order has come. `product.md` names the states; what shops call them is in the table below. */
export const orderStatuses = ['placed', 'paid', 'shipped', 'delivered', 'completed', 'cancelled', 'refunded'] as const
export type OrderStatus = (typeof orderStatuses)[number]

export type Gender = 'female' | 'male' | 'other'

function table<T>(words: [T, string][]): Map<string, T> {
  const map = new Map<string, T>()
  for (const [value, list] of words) for (const word of list.split(' ')) map.set(word, value)
  return map
}

/** Remembered: a column of words has few different cells. */
const key = remembered((cell) =>
  narrow(cell)
    .value.toLowerCase()
    .replace(/[\s_\-.'’]+/g, ''),
)

const answers = table<boolean>([
  [
    true,
    'yes y true t 1 ok on subscribed optin optedin agree agreed accept accepted 是 有 同意 已同意 願意 愿意 接受 訂閱 订阅 已訂閱 ' +
      '已订阅 開啟 开启 啟用 启用 ✓ ✔ ○ はい 可 希望する 許可',
  ],
  [
    false,
    'no n false f 0 off unsubscribed notsubscribed optout optedout never declined 否 無 无 不 不同意 未同意 不願意 不愿意 拒絕 拒绝 ' +
      '未訂閱 未订阅 取消訂閱 取消订阅 已退訂 已退订 關閉 关闭 停用 ✗ × いいえ 不可 希望しない 拒否',
  ],
])

const statuses = table<OrderStatus>([
  [
    'placed',
    'placed pending pendingpayment unpaid onhold authorized partiallypaid awaitingpayment open new created ' +
      'expired 待付款 未付款 等待付款 等待买家付款 等待買家付款 待處理 待处理 已成立 已下單 已下单 待確認 待确认 保留 未払い 未入金 支払い待ち',
  ],
  [
    'paid',
    'paid processing partiallyrefunded awaitingshipment awaitingfulfillment unfulfilled confirmed 已付款 已支付 付款完成 ' +
      '處理中 处理中 待出貨 待出货 待發貨 待发货 備貨中 备货中 买家已付款 買家已付款 等待卖家发货 部分退款 入金済み 支払済み 処理中 発送待ち',
  ],
  [
    'shipped',
    'shipped fulfilled intransit dispatched sent outfordelivery 已出貨 已出货 已發貨 已发货 出貨中 配送中 運送中 运输中 卖家已发货 賣家已發貨 待取貨 ' +
      '待收货 發送済み 発送済み 出荷済み',
  ],
  [
    'delivered',
    'delivered received arrived pickedup collected 已送達 已送达 已收貨 已收货 已簽收 已签收 已取貨 已取货 已到貨 配達済み 受取済み',
  ],
  [
    'completed',
    'completed complete done finished closed success successful settled sale 已完成 完成 交易完成 交易成功 訂單完成 订单完成 已結案 已结案 ' +
      '已結帳 已结账 成功 完了 取引完了 販売',
  ],
  [
    'cancelled',
    'cancelled canceled void voided failed rejected abandoned draft checkoutdraft trash deleted 已取消 取消 交易取消 ' +
      '交易关闭 交易關閉 訂單取消 订单取消 已關閉 已关闭 失敗 失败 付款失敗 付款失败 作廢 作废 已作廢 已作废 キャンセル キャンセル済み 取消済み',
  ],
  [
    'refunded',
    'refunded returned refund return 已退款 退款 退款完成 退款成功 全額退款 全额退款 已退貨 已退货 退貨 退货 退貨完成 返金済み 返品済み 返品',
  ],
])

const kinds = table<'order' | 'refund'>([
  [
    'order',
    'order sale sales purchase sell invoice receipt s 銷售 销售 銷貨 销货 訂單 订单 消費 消费 交易 一般 正常 購買 购买 売上 販売 購入',
  ],
  [
    'refund',
    'refund return returns returned creditnote creditmemo reversal void cancellation r 退貨 退货 退款 銷退 销退 退單 退单 折讓 ' +
      '折让 沖銷 冲销 作廢 返品 返金 取消',
  ],
])

const genders = table<Gender>([
  ['female', 'female f woman women girl mrs ms miss w 女 女性 女士 小姐 女生 太太'],
  ['male', 'male m man men boy mr 男 男性 先生 男士 男生'],
  ['other', 'other o x nonbinary diverse others 其他 其它 多元 その他'],
])

/** Not a value and not an error: nothing was said. */
const unsaid = table<true>([
  [
    true,
    'unknown n/a na none null u 不明 未知 保密 不公開 不公开 未填 未填寫 未填写 不提供 無資料 秘密 回答しない ?',
  ],
])

const guests = table<true>([
  [
    true,
    'guest guests walkin walkincustomer cashcustomer anonymous nonmember none null n/a na 0 非會員 非会员 散客 一般客 ' +
      '一般顧客 訪客 访客 匿名 路人 過路客 过路客 未登入 無 无 非会員 ゲスト 一般客',
  ],
])

const languages = table<string>([
  [
    'zh-TW',
    'zhtw zhhant zhhanttw chinesetraditional traditionalchinese chinesetaiwan tw 繁體中文 繁体中文 繁中 正體中文 國語 中文繁體 ' +
      '中文(繁體)',
  ],
  ['zh-HK', 'zhhk zhhanthk 粵語 粤语'],
  [
    'zh-CN',
    'zhcn zhhans zhhanscn chinesesimplified simplifiedchinese chinese zh cn 简体中文 簡體中文 简中 簡中 中文简体 中文 汉语',
  ],
  ['en', 'en eng english 英文 英語 英语 英'],
  ['ja', 'ja jp jpn japanese 日文 日語 日语 日本語'],
  ['ko', 'ko kr kor korean 韓文 韓語 韩语 한국어'],
])

/** Yes or no; null for an empty or unsaid answer, undefined if the word is unknown. */
export function readAnswer(cell: string): boolean | null | undefined {
  const word = key(cell)
  return word === '' || unsaid.has(word) ? null : answers.get(word)
}

/** The state an order is in; undefined if the word is unknown. */
export function readStatus(cell: string): OrderStatus | undefined {
  return statuses.get(key(cell))
}

/** Does the word say that a row is a sale or a return? Undefined if it says neither. */
export function readKind(cell: string): 'order' | 'refund' | undefined {
  return kinds.get(key(cell))
}

/** Null for an empty or unsaid gender, undefined if the word is unknown. */
export function readGender(cell: string): Gender | null | undefined {
  const word = key(cell)
  return word === '' || unsaid.has(word) ? null : genders.get(word)
}

/** BCP 47; null when empty, undefined when it names no language. */
export function readLocale(cell: string): string | null | undefined {
  const word = key(cell)
  if (word === '' || unsaid.has(word)) return null
  const known = languages.get(word)
  if (known) return known
  try {
    return Intl.getCanonicalLocales(cell.trim().replaceAll('_', '-'))[0]
  } catch {
    return undefined
  }
}

/** Words that tills write where a member would stand. */
export function isGuestWord(cell: string): boolean {
  // Identifiers are longer than any of these words, or begin with a digit other than 0.
  // A dash alone has no letters left.
  if (cell.length > 14) return false
  const word = key(cell)
  return word === '' || guests.has(word)
}
