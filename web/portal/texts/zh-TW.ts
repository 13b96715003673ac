import errors from '../../kit/texts/zh-TW/errors.ts'
import kit from '../../kit/texts/zh-TW/kit.ts'
import portal from '../../kit/texts/zh-TW/portal.ts'
import whys from '../../kit/texts/zh-TW/whys.ts'

export const texts = { kit, errors, portal, whys }
