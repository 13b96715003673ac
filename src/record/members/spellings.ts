/**
 * How people write Chinese names in letters when they are in a hurry: some syllables whole, the others by their first
 * letter. `wangxm`, `wxming` and `wxm` all are 王小明.
 */

/** Every syllable of pinyin of two letters or more, by its beginning (ü is v). */
const finals: Record<string, string> = {
  '': 'ai an ang ao ei en eng er ou',
  b: 'a ai an ang ao ei en eng i ian iao ie in ing o u',
  c: 'a ai an ang ao e en eng i ong ou u uan ui un uo',
  ch: 'a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo',
  d: 'a ai an ang ao e ei en eng i ia ian iao ie ing iu ong ou u uan ui un uo',
  f: 'a an ang ei en eng o ou u',
  g: 'a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo',
  h: 'a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo',
  j: 'i ia ian iang iao ie in ing iong iu u uan ue un',
  k: 'a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo',
  l: 'a ai an ang ao e ei eng i ia ian iang iao ie in ing iu o ong ou u uan un uo v ve',
  m: 'a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u',
  n: 'a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong ou u uan uo v ve',
  p: 'a ai an ang ao ei en eng i ian iao ie in ing o ou u',
  q: 'i ia ian iang iao ie in ing iong iu u uan ue un',
  r: 'an ang ao e en eng i ong ou u ua uan ui un uo',
  s: 'a ai an ang ao e en eng i ong ou u uan ui un uo',
  sh: 'a ai an ang ao e ei en eng i ou u ua uai uan uang ui un uo',
  t: 'a ai an ang ao e ei eng i ian iao ie ing ong ou u uan ui un uo',
  w: 'a ai an ang ei en eng o u',
  x: 'i ia ian iang iao ie in ing iong iu u uan ue un',
  y: 'a an ang ao e i in ing o ong ou u uan ue un',
  z: 'a ai an ang ao e ei en eng i ong ou u uan ui un uo',
  zh: 'a ai an ang ao e ei en eng i ong ou u ua uai uan uang ui un uo',
}
const syllables = new Set(
  Object.entries(finals).flatMap(([initial, ends]) => ends.split(' ').map((end) => initial + end)),
)
const syllable_length_max = 6
/** No syllable begins with these. */
const nobodysFirst = new Set(['i', 'u', 'v'])
/** Ways to read a word that are looked for at once; a second is rare (fanganm: fang-an-m, fan-gan-m). */
const readings_max = 3

/**
 * A word that mixes whole syllables with first letters, as beginnings of words of the name's index that must all be
 * there: `wangxm` is [[wangx, wxm]]. One list for each way to read it; none when the word is no such mixture, since
 * whole pinyin and bare initials are in the index as they are.
 */
export function mixedSpellings(word: string): string[][] {
  if (!/^[a-z]+$/.test(word)) return []
  return readings(word)
    .filter((parts) => parts.some((part) => part.length > 1) && parts.some((part) => part.length === 1))
    .slice(0, readings_max)
    .map((parts) => [...new Set([...runs(parts), parts.map((part) => part[0]).join('')])])
    .filter((starts) => !starts.includes(word))
}

/** The ways to read a word with the fewest parts, each part a whole syllable or a first letter. */
function readings(word: string): string[][] {
  // best[i]: the best ways to read what comes from the letter i on
  const best: string[][][] = Array.from({ length: word.length + 1 }, () => [])
  best[word.length] = [[]]
  for (let from = word.length - 1; from >= 0; from -= 1) {
    const ways: string[][] = []
    for (let length = Math.min(syllable_length_max, word.length - from); length >= 1; length -= 1) {
      const part = word.slice(from, from + length)
      const isPart = length === 1 ? !nobodysFirst.has(part) : syllables.has(part)
      if (isPart) for (const rest of best[from + length]!) ways.push([part, ...rest])
    }
    const fewest = Math.min(...ways.map((parts) => parts.length))
    best[from] = ways.filter((parts) => parts.length === fewest).slice(0, readings_max)
  }
  return best[0]!
}

/** Whole syllables that follow each other, with the first letter after them: `wang x m` → wangx. */
function runs(parts: readonly string[]): string[] {
  const found: string[] = []
  let run = ''
  for (const part of parts) {
    if (part.length > 1) run += part
    else {
      if (run) found.push(run + part)
      run = ''
    }
  }
  return run ? [...found, run] : found
}
