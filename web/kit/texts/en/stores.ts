export default {
  title: 'Stores',
  question: 'Which stores turn guests into members?',
}
