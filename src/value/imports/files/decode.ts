import { isAscii, isUtf8 } from 'node:buffer'
import { StringDecoder } from 'node:string_decoder'
import { AppError } from '../../../base/errors.ts'
import { openBytes } from './bytes.ts'
import { scoreEncodings } from './encoding-score.ts'
import { guessDelimiter, rowsOf } from './layout.ts'

export const encodings = ['utf-8', 'utf-16le', 'utf-16be', 'big5', 'gb18030', 'shift_jis', 'windows-1252'] as const
export type Encoding = (typeof encodings)[number]

/**
 * One way to read the file, with rows that show what it would look like. `score` is 1 for ordinary text, ≤ 0 for
 * nonsense.
 */
export interface EncodingCandidate {
  encoding: Encoding
  score: number
  sample: string[][]
}

/**
 * `certain` says that nobody needs to look: the whole file is valid UTF-8, begins with a byte order mark, was named
 * by a person, or one guess stands far above the others.
 */
export interface EncodingDecision {
  encoding: Encoding
  certain: boolean
  candidates: EncodingCandidate[]
}

/** So much of the file is weighed when it is not UTF-8: pieces that hold bytes above ASCII, wherever they are. */
const sampleBytesMax = 256 * 1024
const pieceBytes = 64 * 1024
const sampleRows = 3

/**
 * Control characters that text has none of, as a share of the first bytes: a picture or a PDF has some 10 %, UTF-16
 * without its mark up to half; a stray one does not make a table unreadable.
 */
const controlShareMax = 0.02

/** A guess this good and this far above the next needs no question (trials on names, products and addresses). */
const certainScore = 0.55
const certainLead = 0.25

const labels: Record<string, Encoding> = {
  utf8: 'utf-8',
  utf16le: 'utf-16le',
  utf16: 'utf-16le',
  utf16be: 'utf-16be',
  big5: 'big5',
  cp950: 'big5',
  big5hkscs: 'big5',
  ms950: 'big5',
  gb18030: 'gb18030',
  gbk: 'gb18030',
  gb2312: 'gb18030',
  cp936: 'gb18030',
  shiftjis: 'shift_jis',
  sjis: 'shift_jis',
  cp932: 'shift_jis',
  windows31j: 'shift_jis',
  windows1252: 'windows-1252',
  cp1252: 'windows-1252',
  latin1: 'windows-1252',
  iso88591: 'windows-1252',
}

/** `GBK`, `cp950`, `Shift-JIS` … as one of ours. Throws `import.encoding_unknown`. */
export function parseEncoding(text: string): Encoding {
  const encoding = labels[text.toLowerCase().replace(/[^a-z0-9]/g, '')]
  if (!encoding) throw new AppError('import.encoding_unknown', { encoding: text, encodings: [...encodings] })
  return encoding
}

/**
 * How to read a text file (packed or not): UTF-16 by its mark, UTF-8 if the *whole* file is valid, else the best of a
 * scored guess, each candidate with three rows that hold characters above ASCII. Reads all of it, keeps 256 kB.
 * `encoding` (as a person names it) overrides. Errors: those of bytes.ts, `import.encoding_unknown`,
 * `import.file_not_text`.
 */
export async function decideEncoding(
  path: string,
  options: { encoding?: string; signal?: AbortSignal } = {},
): Promise<EncodingDecision> {
  const named = options.encoding === undefined ? undefined : parseEncoding(options.encoding)
  const bytes = await openBytes(path, options)
  const found = await look(bytes.chunks, named !== undefined)
  if (!named && !found.mark && found.controls > controlShareMax) throw new AppError('import.file_not_text', { path })
  const sure = named ?? found.mark ?? (found.isUtf8 ? 'utf-8' : undefined)
  if (sure) {
    return { encoding: sure, certain: true, candidates: [candidateOf(sure, found.sample, 1)] }
  }
  const scores = scoreEncodings(found.sample)
  const [best, next] = [scores[0]!, scores[1]!]
  // Valid but for a torn character or two: UTF-8 is right, and what cannot be read is shown with its rows.
  const certain = best.encoding !== 'utf-8' && best.score >= certainScore && best.score - next.score >= certainLead
  const shown = scores.filter(({ score }, index) => index === 0 || score > 0).slice(0, 4)
  return {
    encoding: best.encoding,
    certain,
    candidates: shown.map(({ encoding, score }) => candidateOf(encoding, found.sample, score)),
  }
}

interface Look {
  mark?: 'utf-16le' | 'utf-16be'
  isUtf8: boolean
  sample: Buffer
  /** Share of the first bytes that are control characters. */
  controls: number
}

async function look(chunks: AsyncIterable<Buffer>, headOnly: boolean): Promise<Look> {
  const pieces: Buffer[] = []
  let sampled = 0
  let carry: Buffer = Buffer.alloc(0)
  let valid = true
  let head: Buffer | undefined
  for await (const chunk of chunks) {
    const mark = head ? undefined : markOf(chunk)
    head ??= chunk.subarray(0, pieceBytes)
    if (mark) return { mark, isUtf8: false, sample: head, controls: 0 }
    if (headOnly && sampled > 0) break
    const isPlain = carry.length === 0 && isAscii(chunk)
    if (!isPlain) {
      const whole = carry.length > 0 ? Buffer.concat([carry, chunk]) : chunk
      const torn = tornBytes(whole)
      valid &&= isUtf8(whole.subarray(0, whole.length - torn))
      carry = valid ? Buffer.from(whole.subarray(whole.length - torn)) : Buffer.alloc(0)
      if (sampled < sampleBytesMax) sampled += keep(pieces, chunk)
    }
    if (!valid && sampled >= sampleBytesMax) break
  }
  const sample = pieces.length > 0 ? Buffer.concat(pieces) : (head ?? Buffer.alloc(0))
  return { isUtf8: valid && carry.length === 0, sample, controls: head ? controlShare(head) : 0 }
}

/** Bytes below the blank that are no tab, line end, form feed or escape. */
function controlShare(bytes: Buffer): number {
  let found = 0
  for (const byte of bytes) if (byte < 9 || (byte > 13 && byte < 27) || (byte > 27 && byte < 32)) found += 1
  return found / Math.max(bytes.length, 1)
}

/**
 * Keeps the lines around the first high byte of a chunk. A line feed is never part of a character in these
 * encodings.
 */
function keep(pieces: Buffer[], chunk: Buffer): number {
  let first = 0
  while (first < chunk.length && chunk[first]! < 0x80) first += 1
  if (first === chunk.length) return 0
  const start = chunk.lastIndexOf(10, first) + 1
  const most = Math.min(chunk.length, start + pieceBytes)
  const stop = chunk.lastIndexOf(10, most - 1) + 1
  const end = stop > first ? stop : most
  pieces.push(Buffer.from(chunk.subarray(start, end)))
  return end - start
}

function markOf(chunk: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  if (chunk[0] === 0xff && chunk[1] === 0xfe) return 'utf-16le'
  return chunk[0] === 0xfe && chunk[1] === 0xff ? 'utf-16be' : undefined
}

/** How many bytes at the end begin a UTF-8 character that the next chunk ends. */
function tornBytes(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back]!
    if ((byte & 0xc0) === 0x80) continue
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return needed > back ? back : 0
  }
  return 0
}

function candidateOf(encoding: Encoding, sample: Buffer, score: number): EncodingCandidate {
  const text = new TextDecoder(encoding).decode(sample)
  const rows = rowsOf(text, guessDelimiter(text), true).filter((row) => row.some((cell) => cell.trim() !== ''))
  const telling = rows.filter((row) => row.some((cell) => /[^\x00-\x7f]/.test(cell)))
  return {
    encoding,
    score: Math.round(score * 1000) / 1000,
    sample: (telling.length > 0 ? telling : rows).slice(0, sampleRows),
  }
}

/** Bytes as text, a character cut by a chunk made whole, a byte order mark left out, what cannot be read as U+FFFD. */
export async function* decodeChunks(chunks: AsyncIterable<Buffer>, encoding: Encoding): AsyncGenerator<string> {
  // StringDecoder gives plain ASCII as one-byte strings and is the fastest for UTF-8; the others need ICU.
  const utf8 = encoding === 'utf-8' ? new StringDecoder('utf8') : undefined
  const decoder = new TextDecoder(encoding, { ignoreBOM: false })
  let isFirst = true
  for await (const chunk of chunks) {
    const text = utf8 ? utf8.write(chunk) : decoder.decode(chunk, { stream: true })
    if (text === '') continue
    yield isFirst && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
    isFirst = false
  }
  const last = utf8 ? utf8.end() : decoder.decode()
  if (last !== '') yield last
}
