export default {
  title: 'Program',
  question: 'How does this loyalty program count?',
}
