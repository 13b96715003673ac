export default {
  title: 'Products',
  question: 'What do you sell, and in which category?',
}
