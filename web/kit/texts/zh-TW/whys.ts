import type en from '../en/whys.ts'
import type { Translation } from '../translation.ts'

export default {
  unit_other: '{{points}} 點',
  version: '依規則第 {{version}} 版。',
  what: {
    net: '折扣後商品金額，不含運費',
    net_shipping: '折扣後商品金額，含運費',
    gross: '折扣前商品金額，不含運費',
    gross_shipping: '折扣前商品金額，含運費',
  },
  result: {
    exact: '共 {{result}}。',
    floor: '無條件捨去後，共 {{result}}。',
    half_up: '四捨五入後，共 {{result}}。',
    ceil: '無條件進位後，共 {{result}}。',
  },
  refunded: '其中 {{refunded_minor}} 已退款，剩下 {{result}}。',
  sources: {
    gift: '兌換禮物',
    console: '在後台',
    till: '在櫃台',
  },
  coupon: {
    amount: '適用金額 {{eligible_minor}}，折抵 {{amount_minor}}。',
    percent: '適用金額 {{eligible_minor}}，減 {{percent_bp}}。',
    percent_capped: '適用金額 {{eligible_minor}}，減 {{percent_bp}}，最多 {{max_minor}}。',
    down_to_zero: '最多折到零。',
    item: '最貴的 {{units}} 件，每件 {{price_minor}}。',
    shipping: '折抵運費。',
  },
  gifts: {
    redeemed: '會員兌換。',
    given_item: '免費贈送。',
    given_points: '贈送點數：{{points}}。',
    given_privilege: '贈送會員權益，可用 {{uses}} 次。',
    given_coupon: '贈送優惠券。',
    paid_points: '支付：{{points}}。',
    paid_money: '點數之外另付 {{price_minor}}。',
    within_limit: '每位會員最多 {{limit_count}} 份，這是第 {{used}} 份。',
    from_stock: '之後還剩 {{left}} 份。',
  },
  points: {
    earned: '{{counted_minor}} 列入計算（{{what}}），每 {{per_minor}} 給 {{points}}。',
    earned_at_tier: '{{tier}} 給 {{percent}}。',
    paid_debt: '其中 {{paid_debt}} 先抵掉先前退款時不足的點數。',
    opened: '從原系統帶來 {{points}}，{{earned_on}} 取得。',
    activated: '等待期結束，{{points}} 可以使用了。',
    expired: '{{points}} 到最後一天 {{expires_on}} 還沒使用。',
    spent: '{{for}}用掉 {{points}}。',
    pay: '{{points}}可折抵 {{worth_minor}}。應付 {{due_minor}} 中有 {{eligible_minor}} 可用點數支付，目前最多 {{points_max}} 點。',
    restored: '兌換取消，退回 {{points}}。',
    restored_to_new_lot: '其中 {{to_new_lot}} 原本的批次已經結束，改為可用到 {{expires_on}}。',
    adjusted: '人工調整 {{points}}：「{{reason}}」。',
    merged: '同一個人的兩個帳號合併，點數變動 {{points}}。',
    rebooked: '這筆訂單的規則改了。',
    rebooked_before: '先前已記 {{booked_before}}，差額是 {{difference}}。',
    reversed: '列入計算的 {{counted_minor}} 中已退款 {{refunded_minor}}，所以 {{earned}}裡收回 {{target}}。',
    reversed_before: '其中 {{reversed_before}} 先前已收回。',
    reversed_unmatched: '退款 {{counted_minor}} 找不到原訂單，按每 {{per_minor}} {{points}}收回 {{result}}。',
    took_from_other_lots: '這筆訂單的點數已用掉，其中 {{from_others}} 從其他批次收回。',
    became_debt: '其中 {{became_debt}} 已經用掉，之後累積的點數會先抵。',
    expired_before: '其中 {{claimed}} 早已到期，不重複收回。',
    forgiven: '其中 {{forgiven}} 已經用掉，不再追回。',
  },
  tier: {
    start: '每位會員都從 {{tier}} 開始。',
    reached: '{{window_from}} 到 {{window_to}} 的成長值因一筆訂單達到 {{progress}}，{{tier}} 需要 {{threshold}}。',
    kept: '{{window_from}} 到 {{window_to}} 的成長值 {{progress}}，足以維持 {{tier}}（需要 {{threshold}}）。下次檢視日是 {{review_on}}。',
    grace:
      '{{window_from}} 到 {{window_to}} 的成長值 {{progress}}，不到 {{tier}} 需要的 {{threshold}}。等級保留到 {{grace_until}}，還可以補足。',
    lowered:
      '{{window_from}} 到 {{window_to}} 的成長值 {{progress}}，不到 {{from}} 需要的 {{threshold}}，所以現在是 {{tier}}。',
    undone:
      '讓會員升到 {{from}} 的訂單退款了。扣掉後成長值是 {{progress}}，{{from}} 需要 {{threshold}}，所以回到 {{tier}}。',
    reclassified:
      '規則改了。{{window_from}} 到 {{window_to}} 的成長值 {{progress}}，由 {{from}} 改為 {{tier}}，門檻是 {{threshold}}。',
    merged: '兩個帳號合併，保留較高的等級：{{tier}}。{{window_from}} 到 {{window_to}} 的成長值共 {{progress}}。',
    merged_reached:
      '兩個帳號合併。{{window_from}} 到 {{window_to}} 的成長值共 {{progress}}，{{tier}} 需要 {{threshold}}。',
  },
} satisfies Translation<typeof en>
