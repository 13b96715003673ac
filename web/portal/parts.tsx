/** The few parts every page is made of: plain elements, large enough for a thumb. */
import { useEffect, useId, useRef, type ButtonHTMLAttributes, type InputHTMLAttributes, type ReactNode } from 'react'
import { languages, setLanguage, useTexts, type Language } from '../kit/i18n.ts'
import { useProblem, type Asked } from '../kit/problem.ts'
import { go } from './place.ts'

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & { kind?: 'main' | 'plain' | 'bare' | 'danger' }

/** `main` is what the page is for; one a page. */
export function Button({ kind = 'plain', ...rest }: ButtonProps) {
  return <button type="button" {...rest} className={`button ${kind}`} />
}

type FieldProps = InputHTMLAttributes<HTMLInputElement> & { label: string; hint?: string | undefined }

export function Field({ label, hint, ...rest }: FieldProps) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} {...rest} {...(hint ? { 'aria-describedby': `${id}-hint` } : {})} />
      {hint ? (
        <small id={`${id}-hint`} className="muted">
          {hint}
        </small>
      ) : null}
    </div>
  )
}

export function Check({ label, ...rest }: InputHTMLAttributes<HTMLInputElement> & { label: string }) {
  return (
    <label className="check">
      <input type="checkbox" {...rest} />
      <span>{label}</span>
    </label>
  )
}

/** A refused call, said in words; nothing while there is none. `tap` where there is nothing to fill in. */
export function Problem({ error, asked = 'form' }: { error: unknown; asked?: Asked }) {
  const sentence = useProblem(error, asked)
  return error ? (
    <p role="alert" className="problem">
      {sentence}
    </p>
  ) : null
}

/** `a <b>c</b> d`, with c stronger. */
export function Strong({ text }: { text: string }) {
  return text.split(/<\/?b>/).map((part, i) => (i % 2 ? <strong key={i}>{part}</strong> : part))
}

export function Section({ title, children }: { title: string; children: ReactNode }) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="section">
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  )
}

export function Empty({ title, hint, children }: { title: string; hint: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="strong">{title}</p>
      <p className="muted">{hint}</p>
      {children}
    </div>
  )
}

/** In the size of what comes. */
export function Waiting({ rows }: { rows: number }) {
  return (
    <div aria-busy="true" className="stack">
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} className="waiting" />
      ))}
    </div>
  )
}

/** Why something is not here, with the way to try again. */
export function Failed({ error, retry }: { error: unknown; retry: () => void }) {
  const { t } = useTexts()
  return (
    <div className="empty">
      <Problem error={error} asked="tap" />
      <Button onClick={retry}>{t('portal:retry')}</Button>
    </div>
  )
}

/** A question above the page; Escape and the ground behind it close it. */
export function Dialog({ title, close, children }: { title: string; close: () => void; children: ReactNode }) {
  const { t } = useTexts()
  const id = useId()
  const box = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    box.current?.showModal()
  }, [])
  return (
    <dialog
      ref={box}
      aria-labelledby={id}
      onClose={close}
      onClick={(event) => {
        if (event.target === box.current) close()
      }}
    >
      <div className="stack dialog">
        <h2 id={id}>{title}</h2>
        {children}
        <Button kind="bare" onClick={close}>
          {t('portal:close')}
        </Button>
      </div>
    </dialog>
  )
}

export function LanguageChoice({ chosen }: { chosen?: (language: Language) => void }) {
  const { t, language } = useTexts()
  const id = useId()
  return (
    <div className="language">
      <label htmlFor={id}>{t('portal:language')}</label>
      <select
        id={id}
        value={language}
        onChange={(event) => {
          const wanted = event.target.value as Language
          void setLanguage(wanted, { remember: true })
          chosen?.(wanted)
        }}
      >
        {languages.map(({ code, name }) => (
          <option key={code} value={code} lang={code}>
            {name}
          </option>
        ))}
      </select>
    </div>
  )
}

const tabs = [
  { page: '', word: 'card', icon: 'M3 6h18v12H3zM3 10h18' },
  {
    page: 'shop',
    word: 'shop',
    icon: 'M4 10h16v10H4zM3 7h18v3H3zM12 7v13M12 7c-3 0-5-4-2-4 1.5 0 2 2 2 4 0-2 .5-4 2-4 3 0 1 4-2 4',
  },
  { page: 'history', word: 'history', icon: 'M5 6h14M5 12h14M5 18h9' },
  { page: 'me', word: 'me', icon: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c1-5 4-6 8-6s7 1 8 6' },
] as const

export function Tabs({ page }: { page: string }) {
  const { t } = useTexts()
  return (
    <nav className="tabs" aria-label={t('portal:tabs.label')}>
      {tabs.map((tab) => (
        <a
          key={tab.page}
          href={`/portal/${tab.page}`}
          aria-current={page === tab.page ? 'page' : undefined}
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey || event.shiftKey) return
            event.preventDefault()
            go(tab.page)
          }}
        >
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d={tab.icon} />
          </svg>
          {t(`portal:tabs.${tab.word}`)}
        </a>
      ))}
    </nav>
  )
}
