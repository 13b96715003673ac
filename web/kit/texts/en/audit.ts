export default {
  title: 'Audit trail',
}
