export default {
  title: 'Tiers',
  question: 'Who has earned which tier, and by which rule?',
}
