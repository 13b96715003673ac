/** To whom do the orders of companies count? */
import { Modal } from '@mantine/core'
import { alwaysChosen } from '../../kit/always-chosen.ts'
import { call, touch } from '../../kit/call.ts'
import { ChoiceField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { useForm } from '../../kit/use-form.ts'

const credits = ['buyer', 'payer', 'user', 'company'] as const
type Credit = (typeof credits)[number]

export function CreditDialog(props: { credited: Credit; opened: boolean; close: () => void }) {
  const { t } = useTexts()
  const { opened, close, credited } = props
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t('companies:credit')}
      closeButtonProps={{ 'aria-label': t('kit:close') }}
    >
      {opened && <CreditForm credited={credited} close={close} />}
    </Modal>
  )
}

function CreditForm({ credited, close }: { credited: Credit; close: () => void }) {
  const { t } = useTexts()
  const form = useForm<{ credited: Credit }>({
    initial: { credited },
    save: async (body) => {
      await call('PUT /v1/admin/company-credit', { body })
      await touch('company-credit')
    },
    saved: close,
  })
  return (
    <FormFrame form={form} cancel={close}>
      <ChoiceField
        field={alwaysChosen(form.field('credited'))}
        label={t('companies:credited')}
        consequence={t('companies:creditHint')}
        choices={credits.map((value) => ({ value, label: t(`companies:credits.${value}`) }))}
      />
    </FormFrame>
  )
}
