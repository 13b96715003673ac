/** Ring up: an amount or items; what it comes to as one types; then one button. */
import { useRef, useState } from 'react'
import { ApiError, touch, call } from '../kit/call.ts'
import { minorOf, useFormat } from '../kit/format.ts'
import { useTexts } from '../kit/i18n.ts'
import { useCall, type Read } from '../kit/use-call.ts'
import { bodyOf, emptyBasket, grossOf, isEmpty, withItem, type Basket, type Quote } from './basket.ts'
import { useClerk, useTill } from './clerk.tsx'
import { ItemField } from './item-field.tsx'
import { Items } from './items.tsx'
import { useMember, type AtTill } from './member-page.tsx'
import { OfflineSpending, useOfflineSpend, type OfflineSpend } from './offline-spending.tsx'
import { Button, Field, Foot, Problem, Sheet } from './parts.tsx'
import { PriceChanged, usePay } from './paying.ts'
import { QuotePart } from './quote-part.tsx'
import { Spending } from './spending.tsx'
import { useSettled } from './typing.ts'
import { OfflineLimit } from './work.ts'

/** A quote is asked for when the fingers rest. */
const pauseMs = 200

export function SalePage({ member_id }: { member_id: string | null }) {
  const { t } = useTexts()
  const format = useFormat()
  const till = useTill()
  const member = useMember(member_id).data ?? null
  const [basket, setBasket] = useState<Basket>(emptyBasket)
  const [amount, setAmount] = useState('')
  const may_spend = member?.may_spend ?? false
  const body = bodyOf(basket, { member_id, may_spend, store: till.store_code })
  const asked = useSettled(JSON.stringify(body), pauseMs)
  const hasGoods = !isEmpty(basket)
  const quote = useCall(
    'POST /v1/till/quotes',
    { body: JSON.parse(asked) as typeof body },
    { enabled: hasGoods && asked === JSON.stringify(body), fresh_ms: 0 },
  )
  const isCurrent = asked === JSON.stringify(body) && !quote.isPlaceholderData && !quote.isFetching
  const addUsual = useAddItem(setBasket)
  const [offline_spend, setSpend] = useOfflineSpend(basket)
  const { isOffline } = useClerk()
  // without a network only what takes nothing from the member, or what the owner allows: no quote, no coupons
  const isCut = isOffline || (quote.isError && quote.error.status === 0)
  return (
    <>
      <div className="stack">
        <h1>{member?.display_name ?? (member_id === null ? t('counter:noMember') : t('counter:ringUp'))}</h1>
        <div className="field large">
          <Field
            label={t('counter:amount')}
            inputMode="decimal"
            autoFocus
            value={amount}
            onChange={(event) => {
              setAmount(event.target.value)
              const amount_minor = minorOf(event.target.value, format.currency_decimals)
              setBasket((now) => ({ ...now, amount_minor: amount_minor && amount_minor > 0 ? amount_minor : null }))
            }}
          />
        </div>
        <ItemField add={(item) => setBasket((now) => withItem(now, item))} />
        <Usual member={member} add={addUsual} />
        <Items basket={basket} change={setBasket} />
      </div>
      <div className="stack">
        {!hasGoods ? (
          <p className="muted">{t('counter:empty')}</p>
        ) : (
          <Total {...{ basket, quote, isCurrent }} off={isCut ? offline_spend : null} />
        )}
        {/* most only earn: what it comes to stands above the ways to pay with what is the member's */}
        {isCut && <OfflineSpending {...{ basket, member_id }} spend={offline_spend} change={setSpend} />}
        {!isCut && member?.kind === 'member' && (
          <Spending {...{ member, basket, change: setBasket }} quote={quote.data ?? null} />
        )}
      </div>
      <PayButton {...{ basket, member, member_id, quote, isCurrent, isCut, offline_spend }} />
    </>
  )
}

/** The member's usual product at its present price. */
function useAddItem(change: (by: (now: Basket) => Basket) => void) {
  return async (sku: string) => {
    const { data } = await call('GET /v1/admin/products', { query: { search: sku, limit: 10 } })
    const product = data.find((one) => one.sku === sku)
    if (!product) return
    const { name, price_minor } = product
    change((now) => withItem(now, { sku, name, unit_price_minor: price_minor }))
  }
}

function Usual({ member, add }: { member: AtTill | null; add: (sku: string) => Promise<void> }) {
  const { t } = useTexts()
  const usual = member?.usual
  if (!usual?.sku) return null
  const { sku } = usual
  return (
    <Button onClick={() => void add(sku).catch(() => undefined)}>
      {t('counter:addUsual')}: {usual.name}
    </Button>
  )
}

interface TotalProps {
  basket: Basket
  quote: Read<Quote>
  isCurrent: boolean
  /** Points that pay without a network. */
  off: OfflineSpend | null
}

function Total({ basket, quote, isCurrent, off }: TotalProps) {
  const { t } = useTexts()
  const format = useFormat()
  if (quote.data && !off) return <QuotePart quote={quote.data} isStale={!isCurrent} />
  if (quote.isError && quote.error.status !== 0 && !off) return <Problem error={quote.error} />
  return (
    <Sheet>
      <p className="total">
        <span>{t('counter:toPay')}</span>
        <span className="figure">{format.money(grossOf(basket) - (off?.worth_minor ?? 0))}</span>
      </p>
    </Sheet>
  )
}

interface PayProps {
  basket: Basket
  member: AtTill | null
  member_id: string | null
  quote: Read<Quote>
  isCurrent: boolean
  isCut: boolean
  offline_spend: OfflineSpend | null
}

function PayButton({ basket, member, member_id, quote, isCurrent, isCut, offline_spend }: PayProps) {
  const { t } = useTexts()
  const format = useFormat()
  const [isSending, setSending] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const busy = useRef(false)
  const pay = usePay({
    ...{ basket, member_id },
    may_spend: member?.may_spend ?? false,
    member_name: member?.display_name ?? null,
    offline_spend,
  })
  const known = isCut ? null : (quote.data ?? null)
  const mayPay = !isEmpty(basket) && (isCut || (isCurrent && known !== null && known.refusals.length === 0))
  const press = async () => {
    // state is set after the next render; a double tap comes before it
    if (busy.current) return
    busy.current = true
    setSending(true)
    setError(null)
    try {
      await pay(known)
    } catch (thrown) {
      setError(thrown)
      setSending(false)
      busy.current = false
      if (thrown instanceof PriceChanged) void quote.refetch()
      // too long ago: the screen asks for the code again
      if (thrown instanceof ApiError && thrown.code === 'till.code_needed') void touch('members')
    }
  }
  const worth_minor = (isCut && offline_spend?.worth_minor) || 0
  const money = format.money(known?.cash_minor ?? grossOf(basket) - worth_minor)
  return (
    <>
      <div className="full">
        {error instanceof OfflineLimit ? (
          <p className="notice warn" role="alert">
            {error.receipts === 0 ? t('counter:offlineNone') : t('counter:offlineFull', { count: error.receipts })}
          </p>
        ) : error instanceof PriceChanged ? (
          <p className="notice warn" role="alert">
            {t('counter:changed', { money: format.money(error.cash_minor) })}
          </p>
        ) : error instanceof ApiError && error.status === 0 ? (
          <p className="notice warn" role="alert">
            {t('counter:spendNeedsNetwork')}
          </p>
        ) : (
          error !== null && <Problem error={error} />
        )}
      </div>
      <Foot>
        <Button kind="main" disabled={!mayPay || isSending} onClick={() => void press()}>
          {isSending ? t('counter:paying') : t('counter:pay', { money })}
        </Button>
      </Foot>
    </>
  )
}
