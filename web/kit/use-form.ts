/** The state of a form: values, what changed, what was refused where, saving. */
import { useBlocker } from '@tanstack/react-router'
import { notifications } from '@mantine/notifications'
import { useCallback, useEffect, useRef, useState } from 'react'
import { noticeSignedOut } from './call.ts'
import { useTexts } from './i18n.ts'
import { placeSentences } from './problem.ts'

export interface FormOptions<Values extends object> {
  /** What the form starts from. A later change of it replaces the values while nothing was edited. */
  initial: Values
  /** Writes. What it throws is shown: each place beside its field, the rest above the buttons. */
  save: (values: Values) => Promise<unknown>
  /** What must be right before asking the server: pointer → sentence. */
  check?: (values: Values) => Record<string, string>
  /** After saving; a short "Saved" is said unless this is given. */
  saved?: () => void
}

/** One field's part of a form, for the fields of fields.tsx. */
export interface FieldState<T> {
  name: string
  value: T
  // a method, so that a field that is never empty fits a part that may give null only when it is clearable
  onChange(value: T): void
  error: string | undefined
}

export interface Form<Values extends object> {
  values: Values
  set: (changes: Partial<Values>) => void
  /** A field by its name: `form.field('phone')`. */
  field: <Key extends keyof Values & string>(name: Key) => FieldState<Values[Key]>
  /** The sentence for a place deeper in the input, by JSON pointer: `/tiers/0/name`. */
  errorAt: (pointer: string) => string | undefined
  /** What was refused, for the note above the buttons. */
  error: unknown
  changed: boolean
  saving: boolean
  /** Somebody is about to leave with changes: FormFrame asks. */
  leaving: { stay: () => void; leave: () => void } | null
  submit: () => void
  reset: () => void
}

export function useForm<Values extends object>(options: FormOptions<Values>): Form<Values> {
  const { t } = useTexts()
  const { initial } = options
  const [base, setBase] = useState(initial)
  const [values, setValues] = useState(initial)
  const [places, setPlaces] = useState<Record<string, string>>({})
  const [error, setError] = useState<unknown>(null)
  const [saving, setSaving] = useState(false)
  const changed = !same(values, base)
  const latest = useRef({ options, values, saving, changed })
  latest.current = { options, values, saving, changed }

  const initialText = JSON.stringify(initial)
  useEffect(() => {
    if (latest.current.changed) return
    setBase(latest.current.options.initial)
    setValues(latest.current.options.initial)
  }, [initialText])

  const submit = useCallback(
    () => void run(latest.current, { setPlaces, setError, setSaving, setBase }, t('kit:saved')),
    [t],
  )
  const blocker = useBlocker({
    // only what is in the address changes within a page; another page is another path
    shouldBlockFn: ({ current, next }) =>
      latest.current.changed && !latest.current.saving && current.pathname !== next.pathname,
    enableBeforeUnload: () => latest.current.changed,
    withResolver: true,
  })
  return {
    values,
    set: (changes) => setValues((now) => ({ ...now, ...changes })),
    field: (name) => ({
      name,
      value: values[name],
      onChange: (value) => {
        setValues((now) => ({ ...now, [name]: value }))
        setPlaces(({ [`/${name}`]: _mended, ...rest }) => rest)
      },
      error: places[`/${name}`],
    }),
    errorAt: (pointer) => places[pointer],
    error,
    changed,
    saving,
    leaving: blocker.status === 'blocked' ? { stay: blocker.reset, leave: blocker.proceed } : null,
    submit,
    reset: () => {
      setValues(base)
      setPlaces({})
      setError(null)
    },
  }
}

interface Setters<Values> {
  setPlaces: (places: Record<string, string>) => void
  setError: (error: unknown) => void
  setSaving: (saving: boolean) => void
  setBase: (values: Values) => void
}

async function run<Values extends object>(
  now: { options: FormOptions<Values>; values: Values; saving: boolean; changed: boolean },
  set: Setters<Values>,
  savedText: string,
): Promise<void> {
  if (now.saving) return
  const broken = now.options.check?.(now.values) ?? {}
  set.setPlaces(broken)
  set.setError(null)
  if (Object.keys(broken).length > 0) return showFirst(broken)
  set.setSaving(true)
  try {
    await now.options.save(now.values)
    // at once: what `saved` does next may leave the page
    now.changed = false
    set.setBase(now.values)
    set.setSaving(false)
    if (now.options.saved) now.options.saved()
    else notifications.show({ message: savedText, color: 'green', autoClose: 2500, withCloseButton: false })
  } catch (thrown) {
    noticeSignedOut(thrown)
    const places = placeSentences(thrown)
    set.setSaving(false)
    set.setPlaces(places)
    set.setError(thrown)
    showFirst(places)
  }
}

/** Puts the cursor where the first broken field is. */
function showFirst(places: Record<string, string>): void {
  const [pointer] = Object.keys(places)
  if (!pointer) return
  const name = CSS.escape(pointer.slice(1))
  requestAnimationFrame(() =>
    document.querySelector<HTMLElement>(`[name="${name}"], [data-field="${name}"]`)?.focus(),
  )
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
