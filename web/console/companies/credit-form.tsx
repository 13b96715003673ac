/** To whom do the orders of companies count, and whose tier climbs by them? */
import { Modal } from '@mantine/core'
import { alwaysChosen } from '../../kit/always-chosen.ts'
import { call, touch } from '../../kit/call.ts'
import { ChoiceField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { useForm } from '../../kit/use-form.ts'

const credits = ['buyer', 'payer', 'user', 'company'] as const
const climbers = ['same', ...credits] as const
export interface CreditWanted {
  credited: (typeof credits)[number]
  progress: (typeof climbers)[number]
}

export function CreditDialog(props: { wanted: CreditWanted; opened: boolean; close: () => void }) {
  const { t } = useTexts()
  const { opened, close, wanted } = props
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t('companies:credit')}
      closeButtonProps={{ 'aria-label': t('kit:close') }}
    >
      {opened && <CreditForm wanted={wanted} close={close} />}
    </Modal>
  )
}

function CreditForm({ wanted, close }: { wanted: CreditWanted; close: () => void }) {
  const { t } = useTexts()
  const form = useForm<CreditWanted>({
    initial: wanted,
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
      <ChoiceField
        field={alwaysChosen(form.field('progress'))}
        label={t('companies:progress')}
        consequence={t('companies:progressHint')}
        choices={climbers.map((value) => ({ value, label: t(`companies:climbers.${value}`) }))}
      />
    </FormFrame>
  )
}
