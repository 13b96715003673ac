/**
 * What names are found by. A name becomes words; every word's endings are kept too, so that a search by the beginning
 * of a word (which an index can do) is a search by any part of the name. Chinese is written in simplified characters,
 * with its pinyin and its initials: 王小明 gives 王小明 小明 明 wangxiaoming xiaoming ming wxm xm.
 */
import { mixedSpellings } from './spellings.ts'

/** Longer words than this are looked up by their beginning only as far as it reaches. */
const wordLengthMax = 24
/** A name gives at most so many words: a company's long name must not bloat the index. */
const wordsMax = 48
/** Names repeat (surnames with common given names): a million members have far fewer spellings. */
const cachedNamesMax = 200_000
/** Words asked for at once; a name has rarely more than three. */
const askedWordsMax = 6

const han = /\p{Script=Han}/u
const runs = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+|[\p{L}\p{N}]+/gu
const cjk = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u

/** The two dictionaries, loaded when the first name with Chinese characters is met: they cost a start 30 ms. */
interface Dictionaries {
  simplify: (text: string) => string
  syllablesOf: (text: string) => string[]
}
let dictionaries: Dictionaries | undefined
let loading: Promise<Dictionaries> | undefined

async function load(): Promise<Dictionaries> {
  const [{ Converter }, { pinyin }] = await Promise.all([import('opencc-js/t2cn'), import('pinyin-pro')])
  return {
    simplify: Converter({ from: 'tw', to: 'cn' }),
    // `surname: head`: the first characters are read as a surname (單 is shan, 曾 is zeng, 歐陽 is one surname)
    syllablesOf: (text) =>
      pinyin(text, { surname: 'head', toneType: 'none', type: 'array', nonZh: 'removed', v: true }),
  }
}

/** Must have resolved before `searchWordsOf` or `askedWordsOf` meets Chinese characters. */
export async function loadDictionaries(): Promise<void> {
  loading ??= load()
  dictionaries = await loading
}

const cache = new Map<string, string>()

/** The words of a name, apart by spaces: what `members.search` keeps. */
export function searchWordsOf(name: string | null | undefined): string {
  if (!name) return ''
  const known = cache.get(name)
  if (known !== undefined) return known
  const words = new Set<string>()
  for (const run of fold(name).match(runs) ?? []) addRun(words, run)
  const search = [...words].slice(0, wordsMax).join(' ')
  if (cache.size >= cachedNamesMax) cache.clear()
  cache.set(name, search)
  return search
}

/** What somebody typed, as words: each must begin a word of the name. Empty when nothing in it can be looked for. */
export function askedWordsOf(text: string): string[] {
  const words = (fold(text).match(runs) ?? []).map((run) => [...run].slice(0, wordLengthMax).join(''))
  return [...new Set(words)].slice(0, askedWordsMax)
}

/** What a beginning of each asked word is looked for by, as text of a tsquery; null when there are none. */
export function startsQuery(words: readonly string[]): string | null {
  const start = (word: string) => `'${word}':*`
  const either = (word: string) =>
    [start(word), ...mixedSpellings(word).map((starts) => `(${starts.map(start).join(' & ')})`)].join(' | ')
  return words.map((word) => `(${either(word)})`).join(' & ') || null
}

/** One spelling for all: full-width and accented letters plain, lower case, simplified characters. */
function fold(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .normalize('NFC')
    .toLowerCase()
  return han.test(plain) ? chinese().simplify(plain) : plain
}

function addRun(words: Set<string>, run: string): void {
  const letters = [...run].slice(0, wordLengthMax)
  // a single Latin letter matches too much to be worth a word of its own
  const endingMin = cjk.test(run) ? 1 : 2
  for (let i = 0; i === 0 || letters.length - i >= endingMin; i += 1) words.add(letters.slice(i).join(''))
  if (!han.test(run)) return
  const syllables = chinese().syllablesOf(letters.join(''))
  for (let i = 0; i < syllables.length; i += 1) {
    words.add(syllables.slice(i).join(''))
    if (syllables.length - i >= 2)
      words.add(
        syllables
          .slice(i)
          .map((syllable) => syllable[0])
          .join(''),
      )
  }
}

function chinese(): Dictionaries {
  if (!dictionaries) throw new Error('loadDictionaries() has not been awaited')
  return dictionaries
}
