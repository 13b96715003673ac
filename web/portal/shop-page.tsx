/** What points can get, and what they got. */
import { useState, type FormEvent } from 'react'
import { call, touch, type Answer, type Row } from '../kit/call.ts'
import { useFormat } from '../kit/format.ts'
import { nameIn, useTexts } from '../kit/i18n.ts'
import { useCall } from '../kit/use-call.ts'
import { newWish } from './own.ts'
import { Button, Dialog, Empty, Failed, Field, Problem, Section, Waiting } from './parts.tsx'
import { PassOn } from './pass-on.tsx'

type Item = Row<'GET /v1/portal/catalogue'>
type Gift = Row<'GET /v1/portal/gifts'>

export function ShopPage() {
  const { t, language } = useTexts()
  const format = useFormat()
  const priced = usePriced()
  const read = useCall('GET /v1/portal/catalogue', {})
  const [wish, setWish] = useState<{ item: Item; wish_id: string } | null>(null)
  const [got, setGot] = useState<Gift | null>(null)
  if (!read.data)
    return read.isError ? <Failed error={read.error} retry={() => void read.refetch()} /> : <Waiting rows={5} />
  const { data, points_available, points_pooled } = read.data
  return (
    <>
      <h1>{t('portal:shop.title')}</h1>
      <p>{t('portal:shop.have', { count: points_available, points: format.points(points_available) })}</p>
      {points_pooled > 0 ? (
        <p className="muted">{t('portal:shop.pooled', { points: priced(points_pooled) })}</p>
      ) : null}
      {data.length === 0 ? <Empty title={t('portal:shop.empty')} hint={t('portal:shop.emptyHint')} /> : null}
      <ul className="items">
        {data.map((item) => (
          <ItemCard
            key={item.item_id}
            item={item}
            available={points_available + points_pooled}
            choose={() => setWish({ item, wish_id: newWish() })}
          />
        ))}
      </ul>
      <MyGifts />
      {wish ? (
        <RedeemDialog
          {...wish}
          available={points_available}
          pooled={points_pooled}
          close={() => setWish(null)}
          done={(gift) => {
            setWish(null)
            setGot(gift)
          }}
        />
      ) : null}
      {got ? (
        <Dialog title={t('portal:shop.done', { name: nameIn(got.names, language, '') })} close={() => setGot(null)}>
          <GiftCode gift={got} />
        </Dialog>
      ) : null}
    </>
  )
}

function usePriced() {
  const { t } = useTexts()
  const format = useFormat()
  return (points: number) => t('portal:shop.price', { count: points, points: format.points(points) })
}

function ItemCard({ item, available, choose }: { item: Item; available: number; choose: () => void }) {
  const { t, language } = useTexts()
  const format = useFormat()
  const priced = usePriced()
  const isGone = item.left === 0
  const short = item.price_points - available
  const name = nameIn(item.names, language, '')
  return (
    <li className="item">
      <div className="row">
        <h2 className="name">{name}</h2>
        <span className="aside">{priced(item.price_points)}</span>
      </div>
      {nameIn(item.descriptions, language, '') ? <p>{nameIn(item.descriptions, language, '')}</p> : null}
      {item.price_minor ? (
        <p className="muted">{t('portal:shop.plus', { money: format.money(item.price_minor) })}</p>
      ) : null}
      <div className="row wraps">
        <span className="muted">
          {t(`portal:shop.fulfilments.${item.fulfilment}`)}
          {item.left !== null && !isGone ? ` · ${t('portal:shop.left', { count: item.left })}` : ''}
        </span>
        {isGone || short > 0 ? (
          <span className="muted">
            {isGone ? t('portal:shop.gone') : t('portal:shop.short', { points: priced(short) })}
          </span>
        ) : (
          <Button kind="main" onClick={choose} aria-label={`${t('portal:shop.redeem')} ${name}`}>
            {t('portal:shop.redeem')}
          </Button>
        )}
      </div>
    </li>
  )
}

interface RedeemProps {
  item: Item
  /** The same wish until it is answered: a lost answer costs nothing twice. */
  wish_id: string
  available: number
  /** What the others of the pool could lend. */
  pooled: number
  close: () => void
  done: (gift: Answer<'POST /v1/portal/redemptions'>) => void
}

function RedeemDialog({ item, wish_id, available, pooled, close, done }: RedeemProps) {
  const { t, language } = useTexts()
  const priced = usePriced()
  const lent = Math.max(0, item.price_points - available)
  const [store_id, setStore] = useState(item.stores[0]?.store_id ?? null)
  const [delivery, setDelivery] = useState({ name: '', phone: '', address: '' })
  const [error, setError] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const send = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(null)
    try {
      const body = {
        item_id: item.item_id,
        wish_id,
        store_id,
        ...(item.fulfilment === 'delivery' ? { delivery } : {}),
      }
      const gift = await call('POST /v1/portal/redemptions', { body })
      await touch('home', 'catalogue', 'gifts', 'history')
      done(gift)
    } catch (thrown) {
      setError(thrown)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog title={t('portal:shop.confirm', { name: nameIn(item.names, language, '') })} close={close}>
      <form className="stack" onSubmit={(event) => void send(event)}>
        <p>
          {t('portal:shop.takes', {
            points: priced(item.price_points),
            left: priced(available + pooled - item.price_points),
          })}
        </p>
        {lent > 0 ? <p>{t('portal:shop.lent', { points: priced(lent) })}</p> : null}
        {item.stores.length > 0 ? (
          <div className="field">
            <label htmlFor="store">{t('portal:shop.where')}</label>
            <select id="store" value={store_id ?? ''} onChange={(event) => setStore(event.target.value)}>
              {item.stores.map((store) => (
                <option key={store.store_id} value={store.store_id}>
                  {`${store.name} · ${t('portal:shop.left', { count: store.left })}`}
                </option>
              ))}
            </select>
          </div>
        ) : null}
        {item.fulfilment === 'delivery'
          ? (['name', 'phone', 'address'] as const).map((part) => (
              <Field
                key={part}
                label={t(`portal:shop.${part}`)}
                autoComplete={part === 'address' ? 'street-address' : part === 'phone' ? 'tel' : 'name'}
                value={delivery[part]}
                onChange={(event) => setDelivery({ ...delivery, [part]: event.target.value })}
                required
              />
            ))
          : null}
        <Problem error={error} />
        <Button kind="main" type="submit" disabled={isBusy}>
          {t('portal:shop.redeem')}
        </Button>
      </form>
    </Dialog>
  )
}

function GiftCode({ gift }: { gift: Gift }) {
  const { t } = useTexts()
  const [isCopied, setCopied] = useState(false)
  if (gift.code) {
    const copy = () => void navigator.clipboard?.writeText(gift.code!).then(() => setCopied(true))
    return (
      <>
        <p className="muted">{t('portal:shop.showCode')}</p>
        <p className="spoken">{gift.code}</p>
        <Button onClick={copy}>{t(isCopied ? 'portal:shop.copied' : 'portal:shop.copy')}</Button>
      </>
    )
  }
  if (!gift.pickup_code) return gift.status === 'open' ? <p className="muted">{t('portal:shop.delivered')}</p> : null
  return (
    <>
      <p className="muted">{t('portal:shop.show')}</p>
      <p className="spoken">{gift.pickup_code}</p>
    </>
  )
}

function MyGifts() {
  const { t, language } = useTexts()
  const format = useFormat()
  const read = useCall('GET /v1/portal/gifts', {})
  const gifts = read.data?.data ?? []
  if (gifts.length === 0) return null
  return (
    <Section title={t('portal:shop.mine')}>
      <ul className="lines">
        {gifts.map((gift) => (
          <li key={gift.gift_id} className={gift.status === 'open' ? '' : 'dim'}>
            <div className="row">
              <span className="name">{nameIn(gift.names, language, '')}</span>
              <span className="aside">{t(`portal:shop.statuses.${gift.status}`)}</span>
            </div>
            <span className="muted">
              {[format.dayOf(gift.given_at), gift.store_name].filter(Boolean).join(' · ')}
            </span>
            <GiftCode gift={gift} />
            {gift.may_pass ? (
              <PassOn kind="gift" id={gift.gift_id} name={nameIn(gift.names, language, '')} pass={gift.pass} />
            ) : null}
          </li>
        ))}
      </ul>
    </Section>
  )
}
