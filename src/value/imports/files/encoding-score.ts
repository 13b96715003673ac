import { isUtf8 } from 'node:buffer'
import { japanese, simplified, traditional } from './characters.ts'

/**
 * How well bytes read in an encoding: 1 is ordinary text, 0 nonsense, below 0 broken. Only bytes above ASCII are
 * weighed; each two-byte character by its zone (the three standards put common characters before rare ones) and by
 * whether it is one that shops write often. Zones after Big5 (1984), GB 2312 / GBK and JIS X 0208, as chardet does it.
 */
export type ScoredEncoding = 'utf-8' | 'big5' | 'gb18030' | 'shift_jis' | 'windows-1252'

const weight = { frequent: 1, common: 0.45, rare: 0, mark: 0.5, extension: -0.4, broken: -3 } as const

/** Weights of the 65,536 byte pairs in one encoding. */
type PairTable = Float32Array

const tables = new Map<string, PairTable>()

function tableOf(encoding: 'big5' | 'gb18030' | 'shift_jis'): PairTable {
  let table = tables.get(encoding)
  if (!table) {
    table = buildTable(encoding)
    tables.set(encoding, table)
  }
  return table
}

function buildTable(encoding: 'big5' | 'gb18030' | 'shift_jis'): PairTable {
  const frequent = new Set({ big5: traditional, gb18030: simplified, shift_jis: japanese }[encoding])
  const zone = { big5: big5Zone, gb18030: gbZone, shift_jis: jisZone }[encoding]
  const decoder = new TextDecoder(encoding)
  const table = new Float32Array(65_536)
  const pair = new Uint8Array(2)
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0; trail <= 0xff; trail += 1) {
      pair[0] = lead
      pair[1] = trail
      const text = trail < 0x40 ? '\ufffd' : decoder.decode(pair)
      const isOne = [...text].length === 1 && text !== '\ufffd'
      table[(lead << 8) | trail] = !isOne
        ? weight.broken
        : frequent.has(text)
          ? weight.frequent
          : zone(lead, trail, text)
    }
  }
  return table
}

const marks = new Set('、。，．・：；？！「」『』（）【】〔〕《》〈〉“”‘’…—～＄￥％＆＊＋－＝／＃＠　○●★')
const isMark = (text: string): boolean => marks.has(text) || /^[\uff01-\uff5e]$/.test(text)

function big5Zone(lead: number, _trail: number, text: string): number {
  if (isMark(text)) return weight.mark
  if (lead >= 0xa4 && lead <= 0xc6) return weight.common
  if (lead >= 0xc9 && lead <= 0xf9) return weight.rare
  return weight.extension
}

function gbZone(lead: number, trail: number, text: string): number {
  if (isMark(text)) return weight.mark
  if (trail < 0xa1) return weight.extension
  if (lead >= 0xb0 && lead <= 0xd7) return weight.common
  return lead >= 0xd8 && lead <= 0xf7 ? weight.rare : weight.extension
}

function jisZone(lead: number, _trail: number, text: string): number {
  if (/^[\u3041-\u30fc]$/.test(text)) return weight.frequent
  if (isMark(text)) return weight.mark
  if (lead >= 0x88 && lead <= 0x97) return weight.common
  return lead <= 0xea ? weight.rare : weight.extension
}

/** The score of a sample in each encoding, best first. A sample without bytes above ASCII scores 0 everywhere. */
export function scoreEncodings(sample: Uint8Array): { encoding: ScoredEncoding; score: number }[] {
  const scores: { encoding: ScoredEncoding; score: number }[] = [
    { encoding: 'utf-8', score: scoreUtf8(sample) },
    { encoding: 'big5', score: scorePairs(sample, 'big5') },
    { encoding: 'gb18030', score: scorePairs(sample, 'gb18030') },
    { encoding: 'shift_jis', score: scorePairs(sample, 'shift_jis') },
    { encoding: 'windows-1252', score: scoreWestern(sample) },
  ]
  return scores.sort((a, b) => b.score - a.score)
}

function scorePairs(bytes: Uint8Array, encoding: 'big5' | 'gb18030' | 'shift_jis'): number {
  const table = tableOf(encoding)
  let sum = 0
  let weighed = 0
  for (let at = 0; at < bytes.length; at += 1) {
    const lead = bytes[at]!
    if (lead < 0x80) continue
    // Half-width katakana are one byte: real in receipts of Japanese tills, but also what misread Chinese looks like.
    if (encoding === 'shift_jis' && lead >= 0xa1 && lead <= 0xdf) {
      sum += 0.35
      weighed += 1
      continue
    }
    const trail = at + 1 < bytes.length ? bytes[at + 1]! : 0
    if (encoding === 'gb18030' && trail >= 0x30 && trail <= 0x39) {
      sum += 4 * weight.extension
      weighed += 4
      at += 3
      continue
    }
    const found = table[(lead << 8) | trail]!
    sum += 2 * found
    weighed += 2
    if (found !== weight.broken) at += 1
  }
  return weighed === 0 ? 0 : sum / weighed
}

/** Latin letters with marks stand alone among plain letters; two in a row hint at another encoding. */
function scoreWestern(bytes: Uint8Array): number {
  let sum = 0
  let weighed = 0
  const isHigh = (at: number): boolean => (bytes[at] ?? 0) >= 0x80
  const isLetter = (at: number): boolean => ((bytes[at] ?? 0) | 0x20) >= 0x61 && ((bytes[at] ?? 0) | 0x20) <= 0x7a
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at]!
    if (byte < 0x80) continue
    weighed += 1
    if (byte === 0x81 || byte === 0x8d || byte === 0x8f || byte === 0x90 || byte === 0x9d) sum += weight.broken
    else if (isHigh(at - 1) || isHigh(at + 1)) sum -= 0.4
    else if (byte >= 0xc0 && (isLetter(at - 1) || isLetter(at + 1))) sum += 0.8
    else sum += 0.3
  }
  return weighed === 0 ? 0 : sum / weighed
}

/** Share of high bytes that stand in whole UTF-8 characters; one torn character in a large file costs little. */
function scoreUtf8(bytes: Uint8Array): number {
  let sum = 0
  let weighed = 0
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at]!
    if (byte < 0x80) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
    const isWhole = byte >= 0xc2 && at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length))
    weighed += isWhole ? length : 1
    sum += isWhole ? length * 0.95 : weight.broken
    if (isWhole) at += length - 1
  }
  return weighed === 0 ? 0 : sum / weighed
}
