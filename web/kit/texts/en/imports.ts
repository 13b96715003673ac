export default {
  title: 'Bring data',
  question: 'Which file would you like to bring?',
}
