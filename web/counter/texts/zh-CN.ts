import counter from '../../kit/texts/zh-CN/counter.ts'
import errors from '../../kit/texts/zh-CN/errors.ts'
import kit from '../../kit/texts/zh-CN/kit.ts'
import whys from '../../kit/texts/zh-CN/whys.ts'

/** What the counter says; the console's other nouns stay out of its first load. */
export const texts = { kit, errors, whys, counter }
