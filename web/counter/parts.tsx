/** The few parts every screen is made of: plain elements in the kit's colours, large enough for a thumb. */
import { useId, useState, type ButtonHTMLAttributes, type InputHTMLAttributes, type ReactNode, type Ref } from 'react'
import { useTexts } from '../kit/i18n.ts'
import { useProblem } from '../kit/problem.ts'
import { go } from './place.ts'

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & { kind?: 'main' | 'plain' | 'bare' | 'danger' }

/** `main` is what the screen is for; one a screen. */
export function Button({ kind = 'plain', className = '', ...rest }: ButtonProps) {
  return <button type="button" className={`button ${kind} ${className}`} {...rest} />
}

/** A step to another screen. */
export function Step({
  to,
  children,
  kind = 'plain',
}: {
  to: string
  children: ReactNode
  kind?: ButtonProps['kind']
}) {
  return (
    <a
      className={`button ${kind}`}
      href={`/counter${to}`}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return
        event.preventDefault()
        // the second tap of a double one was meant for the screen before, whose button stood at this place
        if (event.detail > 1) return
        go(to)
      }}
    >
      {children}
    </a>
  )
}

type FieldProps = InputHTMLAttributes<HTMLInputElement> & {
  label: string
  hint?: string | undefined
  error?: string | null | undefined
  inputRef?: Ref<HTMLInputElement>
}

export function Field({ label, hint, error, inputRef, ...rest }: FieldProps) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        ref={inputRef}
        autoComplete="off"
        aria-invalid={error ? true : undefined}
        aria-describedby={`${id}-hint`}
        {...rest}
      />
      <p id={`${id}-hint`} className={error ? 'bad' : 'muted'}>
        {error ?? hint}
      </p>
    </div>
  )
}

/** A titled sheet of paper. */
export function Sheet({ title, children }: { title?: string; children: ReactNode }) {
  return (
    <section className="sheet">
      {title && <h2>{title}</h2>}
      {children}
    </section>
  )
}

/** What one does now and then: a button that unfolds, brought above the foot. */
export function Act({ title, isBegun = false, children }: { title: string; isBegun?: boolean; children: ReactNode }) {
  const [isOpen, setOpen] = useState(isBegun)
  return (
    <details
      className="act"
      open={isOpen}
      onToggle={({ currentTarget }) => {
        setOpen(currentTarget.open)
        if (currentTarget.open) currentTarget.scrollIntoView({ block: 'nearest' })
      }}
    >
      <summary>{title}</summary>
      {children}
    </details>
  )
}

/** What went wrong, in a sentence; `retry` for what was only asked. */
export function Problem({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTexts()
  const sentence = useProblem(error, retry ? 'tap' : 'form')
  return (
    <div className="notice warn" role="alert">
      <p>{sentence}</p>
      {retry && <Button onClick={retry}>{t('kit:retry')}</Button>}
    </div>
  )
}

/** The shape of what is coming. */
export function Coming({ lines = 3 }: { lines?: number }) {
  const { t } = useTexts()
  return (
    <div className="coming" role="status" aria-label={t('kit:loading')}>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} />
      ))}
    </div>
  )
}

/** What the screen is for, under the thumb. */
export function Foot({ children }: { children: ReactNode }) {
  return <div className="foot">{children}</div>
}
