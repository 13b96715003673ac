/** Giving by hand: an item for points, an item for nothing, or points. */
import { alwaysChosen } from '../../kit/always-chosen.ts'
import { call, touch } from '../../kit/call.ts'
import { ChoiceField, LongTextField, PointsField, TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useFormat } from '../../kit/format.ts'
import { nameIn, useTexts } from '../../kit/i18n.ts'
import { useCall } from '../../kit/use-call.ts'
import { useForm, type Form } from '../../kit/use-form.ts'
import { MemberCode } from '../member-code.tsx'
import { useMay } from '../session.tsx'
import { usePrice, type Item } from './table.tsx'

interface Values {
  kind: 'redeem' | 'item' | 'points'
  item_id: string | null
  store_id: string | null
  points: number | null
  note: string
  name: string
  phone: string
  address: string
}

export function GiveForm(props: { member_id: string; available: number; close: () => void }) {
  const { member_id, available, close } = props
  const { t } = useTexts()
  const may = useMay()
  const items = useCall('GET /v1/admin/gift-items').data?.data ?? []
  const kinds = (['redeem', 'item', 'points'] as const).filter((kind) =>
    may(kind === 'redeem' ? 'gifts:redeem' : 'gifts:write'),
  )
  const form = useForm<Values>({
    initial: {
      kind: kinds[0] ?? 'redeem',
      item_id: null,
      store_id: null,
      points: null,
      note: '',
      name: '',
      phone: '',
      address: '',
    },
    check: ({ kind, item_id, points }): Record<string, string> => ({
      ...(kind !== 'points' && !item_id ? { '/item_id': t('gifts:needItem') } : {}),
      ...(kind === 'points' && !points ? { '/points': t('gifts:needPoints') } : {}),
    }),
    save: async (values) => {
      await hand(
        member_id,
        values,
        items.find(({ item_id }) => item_id === values.item_id),
      )
      await touch('gifts', 'gift-items', 'budgets', 'members')
    },
    saved: close,
  })
  const { kind } = form.values
  return (
    <FormFrame form={form} verb={kind === 'redeem' ? t('gifts:redeemVerb') : t('gifts:giveVerb')} cancel={close}>
      <ChoiceField
        field={alwaysChosen(form.field('kind'))}
        label={t('gifts:giveKind')}
        choices={kinds.map((value) => ({ value, label: t(`gifts:giveKinds.${value}`) }))}
      />
      {kind === 'points' ? (
        <PointsField field={form.field('points')} label={t('gifts:givePoints')} min={1} required />
      ) : (
        <ItemFields form={form} items={items} available={available} />
      )}
      <MemberCode error={form.error} member_id={member_id} again={form.submit} />
      {kind !== 'redeem' && (
        <LongTextField
          field={form.field('note')}
          label={t('gifts:giveNote')}
          consequence={t('gifts:giveNoteHint')}
          rows={2}
        />
      )}
    </FormFrame>
  )
}

async function hand(member_id: string, values: Values, item: Item | undefined): Promise<void> {
  const { kind, item_id, points, note, name, phone, address } = values
  const delivery = item?.fulfilment === 'delivery' ? { delivery: { name, phone, address } } : {}
  const store = item?.stock === 'stores' && values.store_id ? { store_id: values.store_id } : {}
  const params = { member_id }
  if (kind === 'redeem') {
    const body = { item_id: item_id!, ...store, ...delivery }
    await call('POST /v1/admin/members/:member_id/redemptions', { params, body })
    return
  }
  const reward =
    kind === 'points'
      ? { kind: 'points' as const, points: points! }
      : { kind: 'item' as const, item_id: item_id!, ...store }
  const body = { reward, ...(note.trim() ? { note: note.trim() } : {}), ...delivery }
  await call('POST /v1/admin/members/:member_id/gifts', { params, body })
}

function ItemFields({ form, items, available }: { form: Form<Values>; items: readonly Item[]; available: number }) {
  const { t, language } = useTexts()
  const format = useFormat()
  const price = usePrice()
  const stores = useCall('GET /v1/admin/stores').data?.data ?? []
  const { kind, item_id } = form.values
  const isPriced = (item: Item) => item.price_points !== null || item.price_minor !== null
  const offered = kind === 'redeem' ? items.filter((item) => item.is_listed && isPriced(item)) : items
  const chosen = items.find((item) => item.item_id === item_id)
  const labelOf = (item: Item) =>
    [
      nameIn(item.names, language, ''),
      kind === 'redeem' ? price({ points: item.price_points, minor: item.price_minor }) : '',
    ]
      .filter(Boolean)
      .join(' · ')
  return (
    <>
      <ChoiceField
        field={form.field('item_id')}
        label={t('gifts:giveItem')}
        consequence={
          kind === 'redeem'
            ? t('gifts:giveHas', {
                points: t('gifts:points', { count: available, points: format.points(available) }),
              })
            : undefined
        }
        choices={offered.map((item) => ({ value: item.item_id, label: labelOf(item) }))}
        required
      />
      {chosen?.stock === 'stores' && (
        <ChoiceField
          field={form.field('store_id')}
          label={t('gifts:giveStore')}
          choices={stores.map(({ store_id, name }) => ({ value: store_id, label: name }))}
          required
        />
      )}
      {chosen?.fulfilment === 'delivery' && (
        <>
          <TextField field={form.field('name')} label={t('gifts:deliverTo')} maxLength={100} required />
          <TextField field={form.field('phone')} label={t('gifts:deliverPhone')} type="tel" maxLength={40} required />
          <TextField field={form.field('address')} label={t('gifts:deliverAddress')} maxLength={500} required />
        </>
      )}
    </>
  )
}
