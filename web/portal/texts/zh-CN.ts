import errors from '../../kit/texts/zh-CN/errors.ts'
import kit from '../../kit/texts/zh-CN/kit.ts'
import portal from '../../kit/texts/zh-CN/portal.ts'
import whys from '../../kit/texts/zh-CN/whys.ts'

export const texts = { kit, errors, portal, whys }
