/** What the portal says; the console's other nouns stay out of its first load. */
import errors from '../../kit/texts/en/errors.ts'
import kit from '../../kit/texts/en/kit.ts'
import portal from '../../kit/texts/en/portal.ts'
import whys from '../../kit/texts/en/whys.ts'

export const texts = { kit, errors, portal, whys }
