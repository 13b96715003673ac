import type en from '../en/rules.ts'
import type { Translation } from '../translation.ts'

export default {
  begins: {
    label: '生效时间',
    now: '立即',
    later: '指定时间',
    at: '日期与时间',
    past: '这个时间已经过了，规则不会改动已经发生的事。请选之后的时间，或立即生效。',
  },
  apply: {
    open: '采用这个规则',
    title: '采用这个规则？',
    from: '从 {{at}} 起采用',
    points: '{{at}} 起的订单按新规则计算，在那之前按现行规则。已记的积分不变。',
    tiers: '规则在 {{at}} 生效，会员届时依当时的累计调整等级，每位都能看到原因。',
    spending: '{{at}} 起结账按这个规则，在那之前按现行规则。',
    spendingNow: '从此刻起结账按这个规则。会员手上的积分不变。',
    previewed: '试算看的是今天采用会怎样。到那时会员又有新的消费，结果可能不同。',
    takesEffect: '第 {{version}} 版在 {{at}} 生效，届时调整会员等级。',
    calledOff: '第 {{version}} 版已撤销，没有会员的等级改变。',
    replaced: '第 {{version}} 版已由另一个规则取代。',
  },
  coming: '第 {{version}} 版将在 {{at}} 生效。',
  comingHint: '比它早生效的规则用到那时为止，比它晚生效的会取代它。可以在历次版本中撤销。',
  callOff: {
    verb: '撤销',
    title: '撤销第 {{version}} 版？',
    text: '这一版原定 {{at}} 生效，撤销后不会生效。现行的不变。这一版仍留在清单上，标示为已撤销。',
    confirm: '撤销第 {{version}} 版',
    keep: '保留',
    state: '已撤销',
    done: '{{at}} 由 {{who}} 撤销',
  },
} satisfies Translation<typeof en>
