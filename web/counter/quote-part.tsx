/** What the basket comes to: each thing that is taken off and why, what is to pay, what it earns and why. */
import { useFormat } from '../kit/format.ts'
import { nameIn, textOf, useTexts } from '../kit/i18n.ts'
import type { Quote } from './basket.ts'
import { Sheet } from './parts.tsx'
import { Why } from './why.tsx'

type Kind = Quote['lines'][number]['discounts'][number]['kind']
const kinds: readonly Kind[] = ['given', 'member_price', 'coupon', 'points']

/** Sums of what is taken off, by its kind. */
function takenOff(quote: Quote): { kind: Kind; amount_minor: number }[] {
  const all = [...quote.lines, quote.shipping].flatMap(({ discounts }) => discounts)
  return kinds
    .map((kind) => ({
      kind,
      amount_minor: all.reduce((sum, one) => sum + (one.kind === kind ? one.amount_minor : 0), 0),
    }))
    .filter(({ amount_minor }) => amount_minor > 0)
}

export function QuotePart({ quote, isStale }: { quote: Quote; isStale: boolean }) {
  const { t } = useTexts()
  const format = useFormat()
  const off = takenOff(quote)
  const named = (kind: Kind) =>
    kind === 'coupon' && quote.coupons.length > 0
      ? format.list(quote.coupons.map(({ name }) => name))
      : t(`counter:kinds.${kind}`)
  return (
    <Sheet>
      <div className={isStale ? 'stale' : ''} aria-live="polite" aria-busy={isStale}>
        {off.length > 0 && (
          <p className="pair">
            <span>{t('counter:whole')}</span>
            <span className="figure">{format.money(quote.gross_minor)}</span>
          </p>
        )}
        {off.map(({ kind, amount_minor }) => (
          <p className="pair" key={kind}>
            <span>{named(kind)}</span>
            <span className="figure">{format.money(-amount_minor)}</span>
          </p>
        ))}
        <p className="total">
          <span>{t('counter:toPay')}</span>
          <span className="figure">{format.money(quote.to_pay_minor)}</span>
        </p>
        <Payments quote={quote} />
        {quote.saved_minor > 0 && (
          <p className="good">{t('counter:saves', { money: format.money(quote.saved_minor) })}</p>
        )}
        {quote.earns && (
          <>
            <p>
              {quote.earns.points > 0
                ? t('counter:earns', { count: quote.earns.points, points: format.points(quote.earns.points) })
                : t('counter:earnsNothing')}
            </p>
            {quote.earns.points > 0 && <Why why={quote.earns.why} />}
          </>
        )}
      </div>
      {quote.refusals.length > 0 && (
        <div className="notice warn" role="alert">
          <p>
            <strong>{t('counter:refused')}</strong>
          </p>
          {quote.refusals.map(({ code, params }, nth) => (
            <p key={`${code} ${nth}`}>{textOf(`errors:${code}`, code, params)}</p>
          ))}
        </div>
      )}
    </Sheet>
  )
}

/** What stored value pays and what is left for the desk; which stamps it brings. */
function Payments({ quote: { payments, cash_minor, stamps } }: { quote: Quote }) {
  const { t, language } = useTexts()
  const format = useFormat()
  return (
    <>
      {payments.map(({ card_definition_id, names, amount_minor }) => (
        <p className="pair" key={card_definition_id}>
          <span>{nameIn(names, language, '')}</span>
          <span className="figure">{format.money(-amount_minor)}</span>
        </p>
      ))}
      {payments.length > 0 && (
        <p className="total">
          <span>{t('counter:cash')}</span>
          <span className="figure">{format.money(cash_minor)}</span>
        </p>
      )}
      {stamps
        .filter((one) => one.stamps > 0)
        .map((one) => (
          <p key={one.card_definition_id}>
            {t('counter:stampsCome', {
              card: nameIn(one.names, language, ''),
              stamps: format.number(one.stamps),
              balance: format.number(one.balance),
              size: format.number(one.size),
            })}
          </p>
        ))}
    </>
  )
}
