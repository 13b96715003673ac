import counter from '../../kit/texts/en/counter.ts'
import errors from '../../kit/texts/en/errors.ts'
import kit from '../../kit/texts/en/kit.ts'
import whys from '../../kit/texts/en/whys.ts'

/** What the counter says; the console's other nouns stay out of its first load. */
export const texts = { kit, errors, whys, counter }
