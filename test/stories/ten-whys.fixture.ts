/** What ten decisions say, read aloud in each language and found clear. */
export const readAloud: unknown[] = [
  {
    decision: 'points with a bonus and a cap',
    en: [
      'NT$1,700 counts (goods after discounts, without shipping), at 1 point for every NT$100.',
      'That makes 17 points.',
      'Bonuses come on top.',
      'Tea week: 200% on NT$1,280, 12 points more.',
      'Together 29 points.',
      'One order earns 20 points at most, so this one earned 20 points.',
      'By version 2 of the rule.',
    ],
    'zh-TW': [
      'NT$1,700 列入計算（折扣後商品金額，不含運費），每 NT$100 給 1 點。',
      '共 17 點。',
      '另有加贈。',
      '茶週：NT$1,280 以 200% 計，多得 12 點。',
      '合計 29 點。',
      '每筆訂單最多得 20 點，因此得 20 點。',
      '依規則第 2 版。',
    ],
    'zh-CN': [
      'NT$1,700 计入（优惠后商品金额，不含运费），每 NT$100 得 1 积分。',
      '合计 17 积分。',
      '另有加赠。',
      '茶周：NT$1,280 按 200% 计，多得 12 积分。',
      '合计 29 积分。',
      '每笔订单最多得 20 积分，因此得 20 积分。',
      '依据规则第 2 版。',
    ],
  },
  {
    decision: 'points taken back for a returned line',
    en: [
      'NT$420 of the NT$1,700 that counted has been refunded; of the 20 points earned, that is 4 points.',
      'By version 2 of the rule.',
    ],
    'zh-TW': ['列入計算的 NT$1,700 中已退款 NT$420，所以 20 點裡收回 4 點。', '依規則第 2 版。'],
    'zh-CN': ['计入的 NT$1,700 中已退款 NT$420，因此从 20 积分中收回 4 积分。', '依据规则第 2 版。'],
  },
  {
    decision: 'a tier reached',
    en: [
      'An order brought the progress to NT$12,500 between Nov 3, 2025 and Nov 2, 2026; Silver needs NT$10,000.',
      'By version 2 of the rule.',
    ],
    'zh-TW': [
      '2025年11月3日 到 2026年11月2日 的成長值因一筆訂單達到 NT$12,500，銀卡會員 需要 NT$10,000。',
      '依規則第 2 版。',
    ],
    'zh-CN': [
      '2025年11月3日 至 2026年11月2日 的成长值因一笔订单达到 NT$12,500，银卡会员 需要 NT$10,000。',
      '依据规则第 2 版。',
    ],
  },
  {
    decision: 'a tier kept',
    en: [
      'NT$11,000 between Nov 3, 2026 and Nov 1, 2027 keeps Silver (NT$10,000 needed). The next look is on Nov 2, 2028.',
      'By version 2 of the rule.',
    ],
    'zh-TW': [
      '2026年11月3日 到 2027年11月1日 的成長值 NT$11,000，足以維持 銀卡會員（需要 NT$10,000）。下次檢視日是 2028年11月2日。',
      '依規則第 2 版。',
    ],
    'zh-CN': [
      '2026年11月3日 至 2027年11月1日 的成长值 NT$11,000，银卡会员 保级成功（需要 NT$10,000）。下次评定日为 2028年11月2日。',
      '依据规则第 2 版。',
    ],
  },
  {
    decision: 'a coupon refused',
    en: ['The coupon needs NT$300 of what it is for: NT$199 so far, NT$101 to go.'],
    'zh-TW': ['適用商品要滿 NT$300，現在 NT$199，還差 NT$101。'],
    'zh-CN': ['适用商品要满 NT$300，现在 NT$199，还差 NT$101。'],
  },
  {
    decision: 'the best combination of coupons',
    en: ['10% off NT$1,500, but NT$100 at most.', 'NT$50 off, of NT$1,500 that the coupon is for.'],
    'zh-TW': ['適用金額 NT$1,500，減 10%，最多 NT$100。', '適用金額 NT$1,500，折抵 NT$50。'],
    'zh-CN': ['适用金额 NT$1,500，减 10%，最多 NT$100。', '适用金额 NT$1,500，抵扣 NT$50。'],
  },
  {
    decision: 'a member price that meets the floor',
    en: ['It would be NT$800 for Silver, but it is never sold below NT$850.', 'By version 1 of the rule.'],
    'zh-TW': ['銀卡會員原可享 NT$800，但最低只賣到 NT$850。', '依規則第 1 版。'],
    'zh-CN': ['银卡会员本可享 NT$800，但最低只卖到 NT$850。', '依据规则第 1 版。'],
  },
  {
    decision: 'a gift redeemed, from a budget',
    en: [
      'The member redeemed it.',
      'Paid: 100 points.',
      'That was number 1 of 2 that a member may have.',
      'After it, 4 were left.',
    ],
    'zh-TW': ['會員兌換。', '支付：100 點。', '每位會員最多 2 份，這是第 1 份。', '之後還剩 4 份。'],
    'zh-CN': ['会员兑换。', '支付：100 积分。', '每位会员最多 2 份，这是第 1 份。', '之后还剩 4 份。'],
  },
  {
    decision: 'a privilege used up',
    en: ['It is used up: 1 of 1.'],
    'zh-TW': ['已經用完：1／1。'],
    'zh-CN': ['已经用完：1/1。'],
  },
  {
    decision: 'a hold that ran out',
    en: ['The time of this hold is over; nothing was taken. Quote again.'],
    'zh-TW': ['預留時間已過，沒有扣除任何東西。請重新試算。'],
    'zh-CN': ['预留时间已过，没有扣除任何东西。请重新试算。'],
  },
]
