import type en from '../en/rules.ts'
import type { Translation } from '../translation.ts'

export default {
  begins: {
    label: '生效時間',
    now: '立即',
    later: '指定時間',
    at: '日期與時間',
    past: '這個時間已經過了，規則不會改動已經發生的事。請選之後的時間，或立即生效。',
  },
  apply: {
    open: '採用這個規則',
    title: '採用這個規則？',
    from: '從 {{at}} 起採用',
    points: '{{at}} 起的訂單照新規則計算，在那之前照現行規則。已經記的點數不變。',
    tiers: '規則在 {{at}} 生效，會員屆時依當時的累積調整等級，每位都能看到原因。',
    spending: '{{at}} 起結帳照這個規則，在那之前照現行規則。',
    spendingNow: '從這一刻起結帳照這個規則。會員手上的點數不變。',
    previewed: '試算看的是今天採用會怎樣。到那時會員又有新的消費，結果可能不同。',
    takesEffect: '第 {{version}} 版在 {{at}} 生效，屆時調整會員等級。',
    calledOff: '第 {{version}} 版已撤銷，沒有會員的等級改變。',
    replaced: '第 {{version}} 版已由另一個規則取代。',
  },
  coming: '第 {{version}} 版將在 {{at}} 生效。',
  comingHint: '比它早生效的規則用到那時為止，比它晚生效的會取代它。可以在歷次版本中撤銷。',
  callOff: {
    verb: '撤銷',
    title: '撤銷第 {{version}} 版？',
    text: '這一版原訂 {{at}} 生效，撤銷後不會生效。現行的不變。這一版仍留在清單上，標示為已撤銷。',
    confirm: '撤銷第 {{version}} 版',
    keep: '保留',
    state: '已撤銷',
    done: '{{at}} 由 {{who}} 撤銷',
  },
} satisfies Translation<typeof en>
