export default {
  title: 'Today',
  question: 'What changed, and what needs a decision?',
  answerMore:
    'In the last seven days {{net}} came in from <orders>{{orders}} orders</orders>, {{change}} more than in the seven days before. <joined>{{joined}}</joined> joined; the week before it was {{joined_before}}.',
  answerLess:
    'In the last seven days {{net}} came in from <orders>{{orders}} orders</orders>, {{change}} less than in the seven days before. <joined>{{joined}}</joined> joined; the week before it was {{joined_before}}.',
  answerSame:
    'In the last seven days {{net}} came in from <orders>{{orders}} orders</orders>, as much as in the seven days before. <joined>{{joined}}</joined> joined; the week before it was {{joined_before}}.',
  answerFirst:
    'In the last seven days {{net}} came in from <orders>{{orders}} orders</orders>; there were none in the seven days before. <joined>{{joined}}</joined> joined; the week before it was {{joined_before}}.',
  answerNone:
    'No orders came in during the last seven days. <joined>{{joined}}</joined> joined; the week before it was {{joined_before}}.',
  writeTo_one: 'Write to {{members}} drowsy member',
  writeTo_other: 'Write to {{members}} drowsy members',
  bringOrders: 'Bring orders',
  chartTitle: '{{best}} brings the most, {{best_net}} on average; {{least}} the least',
  chartPlain: 'Sales day by day',
  chartDefinition:
    'Net sales of all orders, guests included, of the last 28 days; today so far. Averages leave today out.',
  day: 'Day',
  net: 'Net sales',
  lastSeven: 'Last seven days',
  before: 'Before',
  decide: 'What needs a decision',
  decideNothing: 'Nothing waits for you',
  decideNothingHint:
    'Campaigns, imports and members who drift away appear here as soon as there is something to decide.',
  look: 'Look',
  write: 'Write to them',
  go: 'Go on',
  campaignExpired: '“{{name}}” did not go out in time; what was left stayed here.',
  campaignPaused: '“{{name}}” is paused. Nothing leaves until you say so.',
  campaignWaiting: '“{{name}}” waits: {{reason}}',
  campaignReady: '“{{name}}” can be judged: its {{days}} days are over.',
  importFailed: '“{{name}}” stopped before its end. What was taken stays.',
  importCancelled: '“{{name}}” was stopped. It can go on where it was.',
  importWaiting: '“{{name}}” was uploaded and waits for you to check its columns.',
  drifting_one:
    '<people>{{members}} member</people> of your best fifth is getting drowsy, and has brought {{net}} so far.',
  drifting_other:
    '<people>{{members}} members</people> of your best fifth are getting drowsy. They have brought {{net}} so far.',
  expiring_one: '<people>{{members}} member</people> loses {{points}} points by {{day}} unless they are spent.',
  expiring_other: '<people>{{members}} members</people> lose {{points}} points by {{day}} unless they are spent.',
  reviews_one: '<people>{{members}} member</people> is due for a tier review within 30 days.',
  reviews_other: '<people>{{members}} members</people> are due for a tier review within 30 days.',
  oursTitle: 'Really yours',
  turned: 'Turns of the last seven days: {{list}}.',
  turns: {
    new: '<to_new>{{count}}</to_new> bought for the first time',
    active: '<to_active>{{count}}</to_active> became active',
    drowsy: '<to_drowsy>{{count}}</to_drowsy> got drowsy',
    asleep: '<to_asleep>{{count}}</to_asleep> fell asleep',
    lost: '<to_lost>{{count}}</to_lost> were lost',
    back: '<to_back>{{count}}</to_back> came back',
  },
  statesTitle: 'Where members stand',
  statesHint: 'By each member’s own rhythm',
  emptyTitle: 'No orders yet',
  emptyHint:
    'Bring a file of orders from your shop or till. A minute later you know your members, what they earned and who is drifting away.',
}
