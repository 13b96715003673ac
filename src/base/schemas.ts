/** Checks input against TypeBox schemas; each broken place gets a JSON pointer. Compiled once a schema. */
import { Compile, type Validator } from 'typebox/compile'
import { Value } from 'typebox/value'
import type { TSchema } from 'typebox'
import { Format } from 'typebox/format'
import { AppError, type ErrorDetail } from './errors.ts'
import { isUuid } from './ids.ts'

Format.Set('uuid', isUuid)

const compiled = new WeakMap<TSchema, Validator>()
function validatorOf(schema: TSchema): Validator {
  let validator = compiled.get(schema)
  if (!validator) {
    validator = Compile(schema) as unknown as Validator
    compiled.set(schema, validator)
  }
  return validator
}

/** How many broken places are listed at most: a person mends a few at a time. */
const errorsMax = 20

/** Query and path values come as text: turned to what the schema says before the check. */
export function checkText(schema: TSchema, value: unknown, root: string): unknown {
  return check(schema, Value.Convert(schema, value), root)
}

/**
 * Refuses parameters of a query that nobody reads: a misspelt filter would otherwise answer everything. Throws
 * `request.parameter_unknown` (400) with the names that are known.
 */
export function refuseUnknown(known: readonly string[], query: Record<string, unknown>): void {
  const unknown = Object.keys(query).filter((name) => !known.includes(name))
  if (unknown.length === 0) return
  const errors = unknown
    .slice(0, errorsMax)
    .map((name) => ({ pointer: `/query/${name}`, code: 'schema.additionalProperties' }))
  throw new AppError('request.parameter_unknown', { parameters: unknown, known }, { status: 400, errors })
}

/** Gives the value back if it fits; else throws `request.invalid` (400) with every broken place. */
export function check(schema: TSchema, value: unknown, root = ''): unknown {
  const validator = validatorOf(schema)
  if (validator.Check(value)) return value
  const errors: ErrorDetail[] = []
  for (const error of validator.Errors(value).slice(0, errorsMax)) {
    const params = error.params as Record<string, unknown>
    const names = [params['requiredProperties'], params['additionalProperties']]
      .flat()
      .filter((name) => typeof name === 'string')
    const at = names.length > 0 ? names.map((name) => `${error.instancePath}/${name}`) : [error.instancePath]
    for (const pointer of at) {
      // one place may break two keywords (an unknown name is refused by both): once is enough
      if (errors.some((known) => known.pointer === root + pointer)) continue
      // an unknown name breaks the schema `false`, whose keyword would tell nobody anything
      const keyword = error.keyword === 'boolean' ? 'additionalProperties' : error.keyword
      errors.push({ pointer: root + pointer, code: `schema.${keyword}`, params })
    }
  }
  throw new AppError('request.invalid', { places: errors.length }, { status: 400, errors })
}

/** Does the value fit? For answers in tests, and for choosing between shapes. */
export function fits(schema: TSchema, value: unknown): boolean {
  return validatorOf(schema).Check(value)
}
