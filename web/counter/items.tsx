/** The items of the basket, one more or one less by thumb. */
import { useFormat } from '../kit/format.ts'
import { useTexts } from '../kit/i18n.ts'
import { withItem, type Basket } from './basket.ts'
import { Button } from './parts.tsx'

export function Items({ basket, change }: { basket: Basket; change: (by: (now: Basket) => Basket) => void }) {
  const { t } = useTexts()
  const format = useFormat()
  if (basket.lines.length === 0) return null
  return (
    <ul className="sheet rows">
      {basket.lines.map((line) => (
        <li key={line.sku} className="row">
          <span className="grow">
            {line.name}
            <br />
            <span className="muted small">
              {line.unit_price_minor === null ? t('counter:itemNoPrice') : format.money(line.unit_price_minor)}
            </span>
          </span>
          <Button
            aria-label={`${t('counter:less')}: ${line.name}`}
            onClick={() => change((now) => withItem(now, line, -1))}
          >
            −
          </Button>
          <strong className="figure">{format.number(line.quantity)}</strong>
          <Button
            aria-label={`${t('counter:more')}: ${line.name}`}
            onClick={() => change((now) => withItem(now, line, 1))}
          >
            +
          </Button>
        </li>
      ))}
    </ul>
  )
}
