/** A store's name, code, kind and clock. */
import { Modal } from '@mantine/core'
import { alwaysChosen } from '../../kit/always-chosen.ts'
import { call, touch } from '../../kit/call.ts'
import { ChoiceField, TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { useForm } from '../../kit/use-form.ts'
import { useSession } from '../session.tsx'
import type { Store } from './table.tsx'

interface Values {
  name: string
  code: string
  kind: Store['kind']
  time_zone: string | null
}

/** Open while `wanted` names a store, or is `new`. */
export function StoreDialog({
  stores,
  wanted,
  close,
}: {
  stores: readonly Store[]
  wanted: string | undefined
  close: () => void
}) {
  const { t } = useTexts()
  const store = stores.find(({ store_id }) => store_id === wanted)
  const opened = wanted === 'new' || store !== undefined
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={store ? t('stores:change', { name: store.name }) : t('stores:add')}
      closeButtonProps={{ 'aria-label': t('kit:close') }}
    >
      {opened && <StoreForm store={store} close={close} />}
    </Modal>
  )
}

function StoreForm({ store, close }: { store: Store | undefined; close: () => void }) {
  const { t } = useTexts()
  const { program } = useSession()
  const form = useForm<Values>({
    initial: {
      name: store?.name ?? '',
      code: store?.code ?? '',
      kind: store?.kind ?? 'shop',
      time_zone: store?.time_zone ?? null,
    },
    check: ({ name, code }): Record<string, string> => ({
      ...(name.trim() ? {} : { '/name': t('stores:needName') }),
      ...(code.trim() ? {} : { '/code': t('stores:needCode') }),
    }),
    save: async ({ name, code, kind, time_zone }) => {
      const body = { name: name.trim(), code: code.trim(), kind, time_zone }
      if (store) await call('PATCH /v1/admin/stores/:store_id', { params: { store_id: store.store_id }, body })
      else await call('POST /v1/admin/stores', { body })
      // the first page tells stores that nobody named
      await touch('stores', 'today')
    },
    saved: close,
  })
  return (
    <FormFrame form={form} cancel={close} {...(store ? {} : { verb: t('stores:add') })}>
      <TextField field={form.field('name')} label={t('stores:name')} maxLength={200} autoFocus required />
      <TextField
        field={form.field('code')}
        label={t('stores:code')}
        consequence={t('stores:codeHint')}
        maxLength={60}
        required
      />
      <ChoiceField
        field={alwaysChosen(form.field('kind'))}
        label={t('stores:kind')}
        consequence={t('stores:kindHint')}
        choices={(['shop', 'web'] as const).map((value) => ({ value, label: t(`stores:kinds.${value}`) }))}
      />
      <ChoiceField
        field={form.field('time_zone')}
        label={t('stores:zone')}
        consequence={t('stores:zoneHint')}
        clearable
        placeholder={t('stores:zoneOf', { zone: program?.time_zone ?? '' })}
        choices={Intl.supportedValuesOf('timeZone').map((value) => ({ value, label: value }))}
      />
    </FormFrame>
  )
}
