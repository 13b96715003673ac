export default {
  title: 'Staff',
  question: 'Who may sign in, and what may they do?',
}
