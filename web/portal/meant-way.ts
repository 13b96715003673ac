/** By what an address is reached, as far as it says so itself. */
export type Way = 'email' | 'phone'

/** Who types a number where an e-mail is asked for, or the other way round, has said enough: `ways` are open. */
export function meantWay(address: string, asked: Way, ways: readonly Way[]): Way {
  const isNumber = /^\+?\d{6,}$/.test(address.replace(/[\s().-]/g, '').normalize('NFKC'))
  const meant = address.includes('@') ? 'email' : isNumber ? 'phone' : asked
  return ways.includes(meant) ? meant : asked
}
