/**
 * The shape a translation must have: exactly the keys of the English file. Chinese has no plural forms, so keys that end
 * in `_one` are left out.
 */
export type Translation<T> = {
  [Key in keyof T as Key extends `${string}_one` ? never : Key]: T[Key] extends string ? string : Translation<T[Key]>
}
