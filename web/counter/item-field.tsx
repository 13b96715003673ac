/** Scan, type a SKU, or search by name: Enter adds the item that is meant. */
import { useState } from 'react'
import { call, type Row } from '../kit/call.ts'
import { useFormat } from '../kit/format.ts'
import { useTexts } from '../kit/i18n.ts'
import { useCall } from '../kit/use-call.ts'
import type { Line } from './basket.ts'
import { Field } from './parts.tsx'
import { ScanPart } from './scan-part.tsx'
import { useSettled } from './typing.ts'

type Product = Row<'GET /v1/admin/products'>

const pauseMs = 150
const shown_max = 5

export function ItemField({ add }: { add: (item: Omit<Line, 'quantity'>) => void }) {
  const { t } = useTexts()
  const format = useFormat()
  const [text, setText] = useState('')
  const [unknown, setUnknown] = useState<string | null>(null)
  const search = useSettled(text.trim(), pauseMs)
  const read = useCall(
    'GET /v1/admin/products',
    { query: { search, limit: shown_max } },
    { enabled: search.length > 0 },
  )
  const hits = search !== '' && text.trim() !== '' ? (read.data?.data ?? []) : []
  const take = ({ sku, name, price_minor }: Product) => {
    add({ sku, name, unit_price_minor: price_minor })
    setUnknown(null)
  }
  const choose = (one: Product) => {
    take(one)
    setText('')
  }
  // a gun is faster than the list below and than the network: Enter asks by itself, and the field is free at once
  const enter = async (wanted: string) => {
    setText('')
    const { data } = await call('GET /v1/admin/products', { query: { search: wanted, limit: shown_max } })
    const exact = data.find(({ sku }) => sku.toLowerCase() === wanted.toLowerCase())
    const meant = exact ?? (data.length === 1 ? data[0] : undefined)
    if (meant) return take(meant)
    if (data.length === 0) return setUnknown(wanted)
    // several may be meant: the list says which, unless the next one is being typed
    setText((now) => now || wanted)
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        const wanted = text.trim()
        if (wanted !== '') void enter(wanted).catch(() => setUnknown(wanted))
      }}
    >
      <Field
        label={t('counter:item')}
        enterKeyHint="enter"
        value={text}
        error={unknown === null ? null : t('counter:itemUnknown', { search: unknown })}
        onChange={(event) => {
          setText(event.target.value)
          setUnknown(null)
        }}
      />
      <ScanPart found={(code) => void enter(code).catch(() => setUnknown(code))} />
      {hits.length > 0 && (
        <div className="sheet rows">
          {hits.map((one) => (
            <button key={one.sku} type="button" className="row" onClick={() => choose(one)}>
              <span className="grow">
                {one.name} <span className="muted small">{one.sku}</span>
              </span>
              <span className="figure">
                {one.price_minor === null ? t('counter:itemNoPrice') : format.money(one.price_minor)}
              </span>
            </button>
          ))}
        </div>
      )}
    </form>
  )
}
