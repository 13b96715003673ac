/** A link or poster: what it is called, what it is, and in which store it hangs. */
import { Modal } from '@mantine/core'
import { alwaysChosen } from '../../kit/always-chosen.ts'
import { call, touch, type Answer } from '../../kit/call.ts'
import { ChoiceField, SwitchField, TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { useCall } from '../../kit/use-call.ts'
import { useForm } from '../../kit/use-form.ts'

export type Source = Answer<'GET /v1/admin/joining/sources/:source_id'>
const kinds = ['poster', 'counter', 'leaflet', 'web', 'other'] as const

interface DialogProps {
  opened: boolean
  close: () => void
  made: (source_id: string) => void
}

export function SourceDialog({ opened, close, made }: DialogProps) {
  const { t } = useTexts()
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t('joining:add')}
      closeButtonProps={{ 'aria-label': t('kit:close') }}
    >
      {opened && <NewSource close={close} made={made} />}
    </Modal>
  )
}

interface Values {
  name: string
  kind: (typeof kinds)[number]
  store_id: string | null
}

function useStoreChoices() {
  const stores = useCall('GET /v1/admin/stores').data?.data ?? []
  return stores.map(({ store_id, name }) => ({ value: store_id, label: name }))
}

function NewSource({ close, made }: Omit<DialogProps, 'opened'>) {
  const { t } = useTexts()
  const stores = useStoreChoices()
  const form = useForm<Values>({
    initial: { name: '', kind: 'poster', store_id: null },
    check: ({ name }): Record<string, string> => (name.trim() ? {} : { '/name': t('joining:needName') }),
    save: async (values) => {
      const { source_id } = await call('POST /v1/admin/joining/sources', {
        body: { ...values, name: values.name.trim() },
      })
      await touch('joining')
      made(source_id!)
    },
    saved: () => undefined,
  })
  return (
    <FormFrame form={form} cancel={close} verb={t('joining:add')}>
      <TextField
        field={form.field('name')}
        label={t('joining:name')}
        consequence={t('joining:nameHint')}
        maxLength={120}
        autoFocus
        required
      />
      <ChoiceField
        field={alwaysChosen(form.field('kind'))}
        label={t('joining:kind')}
        choices={kinds.map((value) => ({ value, label: t(`joining:kinds.${value}`) }))}
      />
      <ChoiceField
        field={form.field('store_id')}
        label={t('joining:store')}
        consequence={t('joining:storeHint')}
        choices={stores}
        clearable
      />
    </FormFrame>
  )
}

/** Changes one; its link stays as it hangs. */
export function SourceForm({ source }: { source: Source }) {
  const { t } = useTexts()
  const stores = useStoreChoices()
  const form = useForm({
    initial: { name: source.name ?? '', store_id: source.store_id, is_closed: source.is_closed },
    check: ({ name }): Record<string, string> => (name.trim() ? {} : { '/name': t('joining:needName') }),
    save: async (body) => {
      const params = { source_id: source.source_id! }
      await call('PATCH /v1/admin/joining/sources/:source_id', { params, body: { ...body, name: body.name.trim() } })
      await touch('joining')
    },
  })
  return (
    <FormFrame form={form}>
      <TextField field={form.field('name')} label={t('joining:name')} maxLength={120} required />
      <ChoiceField field={form.field('store_id')} label={t('joining:store')} choices={stores} clearable />
      <SwitchField field={form.field('is_closed')} label={t('joining:close')} consequence={t('joining:closeHint')} />
    </FormFrame>
  )
}
