import type { MemberField, OrderField } from './fields.ts'

/**
 * What columns are called, in English, Traditional and Simplified Chinese and Japanese, as exports of shops, tills and
 * market places write them. Compared by `headerKey`: small letters, no blanks or punctuation, full-width made narrow.
 * Earlier names of a list are surer than later ones.
 */
export const orderSynonyms: Record<OrderField, string> = {
  order_id:
    'orderid ordernumber orderno ordercode orderref orderreference order invoiceno invoicenumber invoiceid ' +
    'invoice receiptno receiptnumber receiptid transactionid transactionno transactionnumber salesorder billno ' +
    'ticketno documentno 訂單編號 訂單號碼 訂單號 訂單代號 訂單序號 訂單 銷售單號 消費單號 交易編號 交易序號 交易單號 單據編號 單據號碼 單號 發票號碼 发票号码 订单编号 订单号 ' +
    '主订单编号 订单号码 销售单号 交易编号 交易号 交易单号 单据编号 流水號 流水号 小票號 小票号 单号 注文番号 注文id 受注番号 伝票番号 取引番号 レシート番号',
  line_id:
    'lineid lineno linenumber lineitemid orderlineid orderitemid 子訂單編號 子订单编号 明細編號 明细编号 訂單明細編號 行號 行号 項次 项次 明細番号 ' +
    '行番号',
  kind:
    'type transactiontype documenttype recordtype ordertype saletype 類型 交易類型 交易類別 單據類型 單據類別 单据类型 类型 交易类型 交易类别 銷退 ' +
    '銷售類型 取引区分 区分',
  occurred_at:
    'orderdate ordertime orderdatetime orderedat createdat createddate orderplacedat purchasedate purchasedat ' +
    'transactiondate transactiontime transactiondatetime invoicedate saledate salesdate receiptdate datetime ' +
    'timestamp date occurredat 訂單日期 訂單時間 訂購日期 訂購時間 下單日期 下單時間 訂單成立日期 訂單成立時間 成立時間 成立日期 交易日期 交易時間 消費日期 消費時間 銷售日期 ' +
    '銷售時間 購買日期 購買時間 建立時間 開單日期 發票日期 日期 订单日期 订单时间 下单时间 下单日期 订单创建时间 创建时间 成交时间 交易时间 消费时间 消费日期 销售日期 购买时间 注文日 注文日時 購入日 ' +
    '購入日時 売上日 取引日 取引日時 日時',
  occurred_time: 'time hour ordertimeofday saletime 時間 时间 時刻 交易時刻 訂單時刻 時間帯',
  paid_at:
    'paidat paiddate paymentdate paymenttime datepaid 付款時間 付款日期 支付時間 支付时间 付款时间 入金日 支払日',
  cancelled_at: 'cancelledat canceledat canceldate cancellationdate 取消時間 取消日期 取消时间 キャンセル日',
  status:
    'orderstatus status financialstatus paymentstatus state 訂單狀態 付款狀態 交易狀態 狀態 订单状态 交易状态 付款状态 状态 注文状況 注文ステータス ' +
    'ステータス',
  source:
    'source channel saleschannel orderchannel platform ordersource 訂單來源 銷售通路 通路 來源 渠道 平台 订单来源 来源 销售渠道 販売チャネル チャネル',
  store:
    'store storename storeid storecode shop shopname branch branchname outlet location site 門市 門市名稱 門市代號 店鋪 店鋪名稱 ' +
    '分店 店別 店名 门店 门店名称 店铺 店铺名称 店舗 店舗名',
  member_external_id:
    'customerid memberid customerno customernumber customercode membernumber memberno membercode userid clientid ' +
    'buyerid accountid householdid customer member client buyer 會員編號 會員代號 會員id 會員號 會員號碼 會員帳號 顧客編號 顧客代號 顧客id 客戶編號 ' +
    '客戶代號 買家帳號 買家id 會員 客戶 顧客 会员编号 会员id 会员号 会员账号 客户编号 客户id 顾客编号 买家会员名 买家id 买家昵称 会员 客户 顾客 会員番号 会員id 顧客番号 お客様番号',
  member_phone:
    'phone mobile phonenumber mobilephone mobilenumber cellphone tel telephone customerphone memberphone ' +
    'buyerphone billingphone phonebilling contactnumber 會員手機 會員電話 手機號碼 手機 行動電話 聯絡電話 電話 電話號碼 顧客電話 顧客手機 客戶電話 客戶手機 ' +
    '買家手機 買家電話 訂購人手機 訂購人電話 会员手机 会员手机号 手机号码 手机号 手机 联系手机 联系电话 买家手机 客户手机 客户电话 电话 收货人手机 收件人電話 收件人手機 電話番号 携帯電話 携帯電話番号 ' +
    '携帯番号',
  member_email:
    'email emailaddress mail customeremail memberemail buyeremail contactemail emailbilling billingemail 電子郵件 ' +
    '電子信箱 會員信箱 會員email 顧客信箱 信箱 郵箱 邮箱 电子邮件 电子邮箱 会员邮箱 メールアドレス メール eメール',
  member_card:
    'cardno cardnumber cardid membercard membercardno loyaltycard card 會員卡號 會員卡 卡號 会员卡号 会员卡 卡号 カード番号 会員カード番号',
  member_name:
    'customername membername buyername clientname fullname name billingname recipientname 會員姓名 顧客姓名 顧客名稱 客戶姓名 ' +
    '客戶名稱 訂購人 訂購人姓名 買家姓名 買家名稱 姓名 收件人 收件人姓名 会员姓名 客户姓名 客户名称 顾客姓名 买家姓名 收货人姓名 收货人 氏名 お名前 顧客名 お客様名 会員名',
  member_first_name: 'firstname givenname customerfirstname billingfirstname firstnamebilling 名 名字',
  member_last_name: 'lastname surname familyname customerlastname billinglastname lastnamebilling 姓 姓氏',
  sku:
    'sku stockcode productcode productid productno itemcode itemid itemno itemsku articleno article barcode upc ' +
    'ean 商品編號 商品代號 商品代碼 商品貨號 商品條碼 貨號 品號 料號 條碼 商品编号 商品编码 商家编码 商品货号 货号 条码 商品コード 商品番号 品番 jan janコード',
  product_name:
    'productname itemname product item description lineitemname producttitle itemtitle title 商品名稱 產品名稱 品名 品項 品項名稱 ' +
    '商品 餐點 商品名称 产品名称 商品标题 宝贝标题 宝贝名称 商品名 品目 品名規格',
  category:
    'category productcategory categoryname department productgroup producttype 商品類別 商品分類 商品類型 產品類別 品類 類別 分類 商品分类 ' +
    '商品类目 商品类别 品类 类别 分类 类目 商品カテゴリ カテゴリ カテゴリー',
  quantity:
    'quantity qty lineitemquantity itemquantity units unitssold itemcount count pieces 數量 購買數量 商品數量 訂購數量 銷售數量 件數 ' +
    '杯數 数量 购买数量 商品数量 宝贝总数量 件数 個数 購入数',
  unit_price:
    'unitprice itemprice price lineitemprice sellingprice itemcost priceeach 單價 商品單價 售價 銷售單價 單品價格 单价 商品单价 售价 销售单价 ' +
    '价格 商品价格 単価 商品単価 価格',
  line_total:
    'linetotal lineamount itemtotal linesubtotal extendedprice netamount itemamount amount sales revenue ' +
    'lineprice 小計 商品小計 品項金額 商品金額 品項小計 金額 小计 商品小计 商品金额 金额 明細金額 商品合計',
  line_discount:
    'linediscount itemdiscount lineitemdiscount 單品折扣 品項折扣 商品折扣 单品优惠 商品优惠 商品折扣金额 商品割引',
  order_subtotal:
    'ordersubtotal subtotal subtotalamount cartsubtotal 商品總額 商品總金額 商品合計 商品总价 商品总额 商品代金 小計合計',
  order_total:
    'ordertotal grandtotal totalamount totalprice orderamount ordervalue amountpaid paidamount totalpaid total ' +
    'ordergrandtotal nettotal 訂單總金額 訂單金額 訂單總額 訂單總計 實付金額 實收金額 應付金額 付款金額 結帳金額 消費金額 交易金額 總金額 總計 合計 总金额 订单金额 订单总额 ' +
    '订单总价 实付金额 实收金额 实收款 应付金额 支付金额 付款金额 消费金额 交易金额 买家实际支付金额 合计 总计 合計金額 総合計 総額 お支払い金額 請求金額 注文金額',
  order_discount:
    'discount discountamount orderdiscount totaldiscount discounttotal cartdiscount 折扣 折扣金額 優惠金額 折抵金額 訂單折扣 折價金額 ' +
    '折讓金額 优惠 优惠金额 折扣金额 订单优惠 割引 割引額 値引 値引額',
  shipping:
    'shipping shippingfee shippingcost shippingamount shippingtotal shippingprice freight deliveryfee postage 運費 ' +
    '物流費 运费 邮费 买家应付邮费 快递费 送料 配送料',
  tax: 'tax taxes taxamount totaltax taxtotal vat gst salestax 稅額 稅金 營業稅 税额 税金 税 消費税',
  refunded_total:
    'refundedamount refundamount totalrefunded orderrefundamount refunded 退款金額 退貨金額 已退款金額 退款金额 退货金额 返金額',
  currency: 'currency currencycode ordercurrency 幣別 幣種 貨幣 币种 币别 货币 通貨',
  exchange_rate: 'exchangerate fxrate conversionrate 匯率 汇率 為替レート',
  refund_of:
    'refundof originalorder originalorderid originalorderno originalorderid originalinvoice parentorder ' +
    'relatedorder 原訂單編號 原訂單號 原單號 原銷售單號 退貨原單 原订单编号 原订单号 原单号 元注文番号 元伝票番号',
  coupon:
    'coupon couponcode discountcode vouchercode promocode promotioncode couponsused 優惠券 優惠碼 折扣碼 折價券 優惠代碼 优惠券 优惠码 ' +
    '优惠代码 クーポン クーポンコード',
}

export const memberSynonyms: Record<MemberField, string> = {
  external_id: orderSynonyms.member_external_id + ' loyaltynumber id uid 編號 编号 帳號 账号',
  name: orderSynonyms.member_name + ' displayname contactname customer member 會員 顧客 客戶 会员 客户 名稱',
  first_name: orderSynonyms.member_first_name + ' forename',
  last_name: orderSynonyms.member_last_name,
  phone: orderSynonyms.member_phone + ' defaultaddressphone 聯絡手機 手機電話',
  email: orderSynonyms.member_email,
  card: orderSynonyms.member_card,
  birth_date:
    'birthdate birthday dateofbirth dob birth bday 生日 出生日期 出生年月日 會員生日 会员生日 出生年月 生年月日 誕生日',
  gender: 'gender sex 性別 会员性别 會員性別 性别',
  locale: 'locale language preferredlanguage lang 語言 語系 偏好語言 语言 言語',
  joined_at:
    'joinedat joindate joined datejoined memberdate membersince registeredat registrationdate registerdate ' +
    'signupdate signedupat createdat createddate enrollmentdate enrolledat becamememberon 加入日期 入會日期 入會日 入會時間 加入時間 ' +
    '註冊日期 註冊時間 建立日期 建立時間 開卡日期 入会日期 入会时间 注册日期 注册时间 加入时间 开卡时间 创建时间 入会日 会員登録日 登録日 登録日時',
  home_store:
    'homestore store storename joinstore preferredstore branch 所屬門市 歸屬門市 入會門市 開卡門市 常去門市 門市 店別 所属门店 归属门店 注册门店 开卡门店 ' +
    '门店 登録店舗 所属店舗 店舗',
  tags: 'tags tag labels label segments 標籤 會員標籤 標記 标签 会员标签 客户标签 タグ',
  tier:
    'tier level membershiplevel membertier memberlevel grade loyaltytier loyaltycard rank 等級 會員等級 級別 卡別 會員級別 等级 ' +
    '会员等级 会员级别 会员卡等级 会員ランク ランク 会員種別',
  note: 'note notes remark remarks comment comments memo 備註 附註 说明 备注 備考 メモ',
  consent_email:
    'consentemail emailconsent acceptsemailmarketing acceptsmarketing emailoptin emailsubscribed newsletter ' +
    'subscribed 電子報 訂閱電子報 同意email 同意電子郵件 接受電子報 email行銷同意 订阅邮件 邮件订阅 接受邮件 メルマガ メルマガ配信 メール配信',
  consent_sms:
    'consentsms smsconsent acceptssmsmarketing smsoptin smssubscribed 簡訊 同意簡訊 接受簡訊 簡訊行銷同意 訂閱簡訊 接受短信 同意短信 短信订阅 ' +
    'sms配信',
  consent_at: 'consentat consentdate optindate optintime 同意日期 同意時間 訂閱日期 同意时间 订阅时间 同意日',
  points_opening:
    'points pointsbalance pointbalance balance currentpoints availablepoints loyaltypoints rewardpoints ' +
    'pointsopening 點數 點數餘額 剩餘點數 可用點數 目前點數 紅利點數 紅利 積點 累積點數 會員點數 积分 积分余额 可用积分 剩余积分 当前积分 会员积分 ポイント 保有ポイント ポイント残高',
  points_accumulated:
    'pointsaccumulated pointsearned totalpoints totalpointsearned 累計點數 累積獲得點數 获得积分 累计积分 累計ポイント',
  points_redeemed:
    'pointsredeemed pointsused pointsspent 已用點數 已使用點數 兌換點數 已用积分 已使用积分 利用ポイント',
  points_earned_at:
    'pointsearnedat pointsearneddate earnedat earneddate 點數取得日期 獲得日期 點數發放日 获得日期 积分获得时间 ポイント獲得日',
  points_expires_on:
    'pointsexpireson pointsexpiry pointsexpiration expiresat expirydate expirationdate 點數到期日 點數到期 點數效期 到期日 有效期限 ' +
    '使用期限 积分到期日 积分有效期 到期时间 有效期 ポイント有効期限 有効期限',
}

/** A header as it is compared: `E-mail (Billing)` → `emailbilling`. */
export function headerKey(header: string): string {
  return header
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_\-./\\()[\]{}【】（）「」:：#*?'"’、,，&]+/g, '')
}
