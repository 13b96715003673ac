export default {
  title: 'Campaigns',
  question: 'What did each message truly cause?',
}
