/** Ends a campaign, after saying in numbers what that means. */
import { Button } from '@mantine/core'
import { useState } from 'react'
import { Confirm } from '../../kit/confirm.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { useWrite } from '../../kit/use-call.ts'
import type { Campaign } from './plan.ts'

export function CancelButton({ campaign, sent }: { campaign: Campaign; sent?: { done: number; left: number } }) {
  const { t } = useTexts()
  const format = useFormat()
  const [asking, setAsking] = useState(false)
  const cancel = useWrite('POST /v1/admin/campaigns/:campaign_id/cancellation', { touches: ['messages', 'sends'] })
  const text = sent
    ? t('campaigns:cancelText', { left: format.number(sent.left), done: format.number(sent.done) })
    : t('campaigns:cancelTextBefore')
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        {t('campaigns:cancel')}
      </Button>
      <Confirm
        opened={asking}
        close={() => setAsking(false)}
        title={t('campaigns:cancelTitle', { name: campaign.name })}
        verb={t('campaigns:cancel')}
        keep={t('kit:keep')}
        dangerous
        act={() => cancel.mutateAsync({ params: { campaign_id: campaign.campaign_id } })}
      >
        {text}
      </Confirm>
    </>
  )
}
