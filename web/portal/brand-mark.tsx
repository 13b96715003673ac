/** The brand's own pictures and words, as the page brought them. */
import { brandHere } from '../kit/brand.ts'
import { useTexts } from '../kit/i18n.ts'

/** The logo in place of the name, where there is one. */
export function BrandMark({ name }: { name: string }) {
  const { logo } = brandHere
  if (!logo) return name
  // drawn three times as dense as it is shown
  return <img className="mark" src={logo.url} alt={name} width={logo.width / 3} height={logo.height / 3} />
}

/** The strip above the card; its room is kept before it is there. */
export function CardPicture() {
  const { card } = brandHere
  return card ? <img className="strip" src={card.url} alt="" width={card.width} height={card.height} /> : null
}

export function Greeting() {
  const { language } = useTexts()
  const text = brandHere.texts.greeting[language]
  return text ? <p className="greeting">{text}</p> : null
}

/** Whom to ask, and the terms. */
export function BrandWords() {
  const { t, language } = useTexts()
  const [help, terms] = [brandHere.texts.help[language], brandHere.texts.terms_url[language]]
  if (!help && !terms) return null
  return (
    <footer className="section muted">
      {help ? <p>{help}</p> : null}
      {terms && /^https?:/.test(terms) ? (
        <p>
          <a href={terms} target="_blank" rel="noreferrer">
            {t('portal:brand.terms')}
          </a>
        </p>
      ) : null}
    </footer>
  )
}
