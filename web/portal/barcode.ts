/** EAN-13 bars (GS1 General Specifications, 5.2): every till's gun reads them, from paper and screens. */
const odd = [
  '0001101',
  '0011001',
  '0010011',
  '0111101',
  '0100011',
  '0110001',
  '0101111',
  '0111011',
  '0110111',
  '0001011',
]
const right = odd.map((bars) => [...bars].map((bar) => (bar === '1' ? '0' : '1')).join(''))
const even = right.map((bars) => [...bars].reverse().join(''))
/** The first digit has no bars of its own: it decides which of the left six are written odd. */
const parities = ['OOOOOO', 'OOEOEE', 'OOEEOE', 'OOEEEO', 'OEOOEE', 'OEEOOE', 'OEEEOO', 'OEOEOE', 'OEOEEO', 'OEEOEO']

/** 95 modules, 1 for dark. */
export function barsOf(code: string): string {
  const digits = [...code].map(Number)
  const parity = parities[digits[0]!]!
  const left = digits.slice(1, 7).map((digit, i) => (parity[i] === 'O' ? odd : even)[digit]!)
  return ['101', ...left, '01010', ...digits.slice(7).map((digit) => right[digit]!), '101'].join('')
}
