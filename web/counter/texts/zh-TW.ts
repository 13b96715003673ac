import counter from '../../kit/texts/zh-TW/counter.ts'
import errors from '../../kit/texts/zh-TW/errors.ts'
import kit from '../../kit/texts/zh-TW/kit.ts'
import whys from '../../kit/texts/zh-TW/whys.ts'

/** What the counter says; the console's other nouns stay out of its first load. */
export const texts = { kit, errors, whys, counter }
