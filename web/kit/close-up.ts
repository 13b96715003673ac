/**
 * Chinese is written without spaces; its texts have them around what is filled in, because that is often a number or a
 * Latin word. Where a Chinese word was filled in instead (`在 高雄店 加入`), the spaces go. What was filled in stays as it
 * is: a name may have a space of its own.
 */
import type { PostProcessorModule } from 'i18next'

const [begins, ends] = ['\ue000', '\ue001']
const mark = '(?:</?[a-z_]+>)*'
const han = '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}]'
const stop = '[，。、：；（）「」“”《》]'
const spaces = [
  // a character, a space, a character, with one of the two filled in
  new RegExp(`(${han}${mark}${ends}${mark}) (${mark}${begins}?${mark}${han})`, 'gu'),
  new RegExp(`(${han}${mark}) (${mark}${begins}${mark}${han})`, 'gu'),
  // a full-width stop brings its own room
  new RegExp(`(${stop}${mark}) ?(${mark}${begins}${mark}) ?()`, 'gu'),
  new RegExp(`()(${mark}${ends}${mark}) (?=${mark}${stop})`, 'gu'),
]

/** Marks where a value begins and ends in a Chinese text; the language of texts without spaces only. */
export function marked(value: string): string {
  return begins + value + ends
}

/** Takes out the spaces that are too many, and the marks. */
export function closedUp(text: string): string {
  if (!text.includes(begins)) return text
  const close = (line: string, space: RegExp) => line.replace(space, '$1$2')
  return spaces.reduce(close, text).replaceAll(begins, '').replaceAll(ends, '')
}

/** As i18next takes it. */
export const closeUp: PostProcessorModule = {
  type: 'postProcessor',
  name: 'closeUp',
  process: (value) => closedUp(value),
}
