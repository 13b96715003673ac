/**
 * The fields of this program: modules lend them, `app` gathers them once at start, every condition is read with
 * them.
 */
import { gatherFields, type Field, type Fields } from './fields.ts'

let gathered: Fields | null = null

/** Hands over the lists of all modules; called once, by `app`, before anything is served. */
export function provideFields(lists: readonly (readonly Field[])[]): void {
  gathered = gatherFields(lists)
}

/** All fields by name. A program that asks before `app` has provided them is wired wrongly. */
export function allFields(): Fields {
  if (!gathered) throw new Error('no fields were provided: app/fields.ts must be imported first')
  return gathered
}
