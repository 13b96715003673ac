import type { FieldState } from './use-form.ts'

/** A field that is never empty, for `ChoiceField`: choosing nothing changes nothing. */
export function alwaysChosen<T extends string>(field: FieldState<T>): FieldState<T | null> {
  return {
    ...field,
    onChange: (value) => {
      if (value !== null) field.onChange(value)
    },
  }
}
