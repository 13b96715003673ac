export default {
  title: 'Points',
  question: 'How are points earned, and when do they expire?',
}
