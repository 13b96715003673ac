/** Why an entry has its points, why a tier is held: one sentence a code; docs/api/whys.md lists codes and parameters. */
export default {
  unit_one: '{{points}} point',
  unit_other: '{{points}} points',
  version: 'By version {{version}} of the rule.',
  what: {
    net: 'goods after discounts, without shipping',
    net_shipping: 'goods after discounts, with shipping',
    gross: 'goods before discounts, without shipping',
    gross_shipping: 'goods before discounts, with shipping',
  },
  result: {
    exact: 'That makes {{result}}.',
    floor: 'Rounded down, that makes {{result}}.',
    half_up: 'Rounded to the nearest, that makes {{result}}.',
    ceil: 'Rounded up, that makes {{result}}.',
  },
  refunded: '{{refunded_minor}} of it has been refunded, which leaves {{result}}.',
  sources: {
    gift: 'for a gift',
    console: 'in the console',
    till: 'at the till',
  },
  coupon: {
    amount: '{{amount_minor}} off, of {{eligible_minor}} that the coupon is for.',
    percent: '{{percent_bp}} off {{eligible_minor}} that the coupon is for.',
    percent_capped: '{{percent_bp}} off {{eligible_minor}}, but {{max_minor}} at most.',
    down_to_zero: 'There was no more to pay than that.',
    item: '{{units}} of the dearest at {{price_minor}} each.',
    shipping: 'The shipping is taken off.',
  },
  gifts: {
    redeemed: 'The member redeemed it.',
    given_item: 'It was given for nothing.',
    given_points: 'Points were given: {{points}}.',
    given_privilege: 'A privilege was given, to be used {{uses}} times.',
    given_coupon: 'A coupon was given.',
    paid_points: 'Paid: {{points}}.',
    paid_money: 'Beside the points: {{price_minor}}.',
    within_limit: 'That was number {{used}} of {{limit_count}} that a member may have.',
    from_stock: 'After it, {{left}} were left.',
  },
  points: {
    earned: '{{counted_minor}} counts ({{what}}), at {{points}} for every {{per_minor}}.',
    earned_at_tier: '{{tier}} earns {{percent}} of that.',
    paid_debt: '{{paid_debt}} of it settled what an earlier refund could not take back.',
    opened: '{{points}} brought along from before, earned on {{earned_on}}.',
    activated: 'The waiting period is over: {{points}} can be spent.',
    expired: '{{points}} were not spent by {{expires_on}}, their last day.',
    spent: '{{points}} were spent {{for}}.',
    pay: '{{points}} pay {{worth_minor}}. Of {{due_minor}}, {{eligible_minor}} may be paid with points: {{points_max}} at most now.',
    restored: 'A redemption was taken back: {{points}} returned.',
    restored_to_new_lot:
      '{{to_new_lot}} of them belonged to a batch that has ended; they can now be spent until {{expires_on}}.',
    adjusted: 'Changed by hand by {{points}}: “{{reason}}”.',
    merged: 'Two accounts of the same person were brought together; points: {{points}}.',
    rebooked: 'The rule was changed for this order.',
    rebooked_before: '{{booked_before}} had been booked before; the difference is {{difference}}.',
    reversed:
      '{{refunded_minor}} of the {{counted_minor}} that counted has been refunded, so {{target}} of {{earned}} go back.',
    reversed_before: '{{reversed_before}} had been taken back before.',
    reversed_unmatched:
      'A refund of {{counted_minor}} names no order, so it takes back {{points}} for every {{per_minor}}: {{result}}.',
    took_from_other_lots: '{{from_others}} came from other batches, because those of the order were spent.',
    became_debt: '{{became_debt}} had been spent; what is earned next settles them first.',
    expired_before: '{{claimed}} had expired before and are not taken twice.',
    forgiven: '{{forgiven}} had been spent and are let go.',
  },
  tier: {
    start: 'Everybody begins at {{tier}}.',
    reached:
      'An order brought the progress to {{progress}} between {{window_from}} and {{window_to}}; {{tier}} needs {{threshold}}.',
    kept: '{{progress}} between {{window_from}} and {{window_to}} keeps {{tier}} ({{threshold}} needed). The next look is on {{review_on}}.',
    grace:
      '{{progress}} between {{window_from}} and {{window_to}} is less than the {{threshold}} that {{tier}} needs. It stays until {{grace_until}}, so that the rest can be made up.',
    lowered:
      '{{progress}} between {{window_from}} and {{window_to}} is less than the {{threshold}} that {{from}} needs, so it is {{tier}} now.',
    undone:
      'The order that lifted to {{from}} was refunded. Without it the progress is {{progress}}, and {{from}} needs {{threshold}}; it is {{tier}} again.',
    reclassified:
      'The rule was changed. {{progress}} between {{window_from}} and {{window_to}} now means {{tier}} instead of {{from}}; the border is {{threshold}}.',
    merged:
      'Two accounts became one, and the higher of their tiers is kept: {{tier}}. Together they have {{progress}} between {{window_from}} and {{window_to}}.',
    merged_reached:
      'Two accounts became one. Together they have {{progress}} between {{window_from}} and {{window_to}}; {{tier}} needs {{threshold}}.',
  },
}
