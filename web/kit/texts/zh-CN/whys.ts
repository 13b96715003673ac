import type en from '../en/whys.ts'
import type { Translation } from '../translation.ts'

export default {
  unit_other: '{{points}} 积分',
  version: '依据规则第 {{version}} 版。',
  what: {
    net: '优惠后商品金额，不含运费',
    net_shipping: '优惠后商品金额，含运费',
    gross: '优惠前商品金额，不含运费',
    gross_shipping: '优惠前商品金额，含运费',
  },
  result: {
    exact: '合计 {{result}}。',
    floor: '向下取整后，合计 {{result}}。',
    half_up: '四舍五入后，合计 {{result}}。',
    ceil: '向上取整后，合计 {{result}}。',
  },
  refunded: '其中 {{refunded_minor}} 已退款，剩余 {{result}}。',
  sources: {
    gift: '兑换礼品',
    console: '在后台',
    till: '在收银台',
  },
  coupon: {
    amount: '适用金额 {{eligible_minor}}，抵扣 {{amount_minor}}。',
    percent: '适用金额 {{eligible_minor}}，减 {{percent_bp}}。',
    percent_capped: '适用金额 {{eligible_minor}}，减 {{percent_bp}}，最多 {{max_minor}}。',
    down_to_zero: '最多抵扣到零。',
    item: '最贵的 {{units}} 件，每件 {{price_minor}}。',
    shipping: '抵扣运费。',
  },
  gifts: {
    redeemed: '会员兑换。',
    given_item: '免费赠送。',
    given_points: '赠送积分：{{points}}。',
    given_privilege: '赠送会员权益，可用 {{uses}} 次。',
    given_coupon: '赠送优惠券。',
    paid_points: '支付：{{points}}。',
    paid_money: '积分之外另付 {{price_minor}}。',
    within_limit: '每位会员最多 {{limit_count}} 份，这是第 {{used}} 份。',
    from_stock: '之后还剩 {{left}} 份。',
  },
  points: {
    earned: '{{counted_minor}} 计入（{{what}}），每 {{per_minor}} 得 {{points}}。',
    earned_at_tier: '{{tier}} 按 {{percent}} 发放。',
    paid_debt: '其中 {{paid_debt}} 先抵扣此前退款欠下的部分。',
    opened: '从原系统带入 {{points}}，获得日期 {{earned_on}}。',
    activated: '等待期结束，{{points}}可以使用。',
    expired: '{{points}}到最后一天 {{expires_on}} 仍未使用。',
    spent: '{{for}}使用 {{points}}。',
    pay: '{{points}}可抵扣 {{worth_minor}}。应付 {{due_minor}} 中有 {{eligible_minor}} 可用积分支付，目前最多 {{points_max}}。',
    restored: '兑换取消，退回 {{points}}。',
    restored_to_new_lot: '其中 {{to_new_lot}}所在批次已结束，改为可用至 {{expires_on}}。',
    adjusted: '人工调整 {{points}}：“{{reason}}”。',
    merged: '同一个人的两个账号合并，积分变动 {{points}}。',
    rebooked: '这笔订单的规则有变。',
    rebooked_before: '此前已记 {{booked_before}}，差额为 {{difference}}。',
    reversed: '计入的 {{counted_minor}} 中已退款 {{refunded_minor}}，因此从 {{earned}}中收回 {{target}}。',
    reversed_before: '其中 {{reversed_before}}此前已收回。',
    reversed_unmatched: '退款 {{counted_minor}} 找不到原订单，按每 {{per_minor}} {{points}}收回 {{result}}。',
    took_from_other_lots: '这笔订单的积分已用掉，其中 {{from_others}}从其他批次收回。',
    became_debt: '其中 {{became_debt}}已经用掉，之后获得的积分会先抵扣。',
    expired_before: '其中 {{claimed}}早已过期，不重复收回。',
    forgiven: '其中 {{forgiven}}已经用掉，不再追回。',
  },
  tier: {
    start: '每位会员都从 {{tier}} 开始。',
    reached: '{{window_from}} 至 {{window_to}} 的成长值因一笔订单达到 {{progress}}，{{tier}} 需要 {{threshold}}。',
    kept: '{{window_from}} 至 {{window_to}} 的成长值 {{progress}}，{{tier}} 保级成功（需要 {{threshold}}）。下次评定日为 {{review_on}}。',
    grace:
      '{{window_from}} 至 {{window_to}} 的成长值 {{progress}}，不足 {{tier}} 需要的 {{threshold}}。等级保留至 {{grace_until}}，期间可以补足。',
    lowered:
      '{{window_from}} 至 {{window_to}} 的成长值 {{progress}}，不足 {{from}} 需要的 {{threshold}}，现为 {{tier}}。',
    undone:
      '使会员升到 {{from}} 的订单已退款。扣除后成长值为 {{progress}}，{{from}} 需要 {{threshold}}，因此恢复为 {{tier}}。',
    reclassified:
      '规则有变。{{window_from}} 至 {{window_to}} 的成长值 {{progress}}，由 {{from}} 调整为 {{tier}}，门槛为 {{threshold}}。',
    merged: '两个账号合并，保留较高的等级：{{tier}}。{{window_from}} 至 {{window_to}} 的成长值共 {{progress}}。',
    merged_reached:
      '两个账号合并。{{window_from}} 至 {{window_to}} 的成长值共 {{progress}}，{{tier}} 需要 {{threshold}}。',
  },
} satisfies Translation<typeof en>
