/** Which of a campaign's people are shown. It lives in the address; what cannot be read there is passed over. */
import { SegmentedControl, Select } from '@mantine/core'
import { useAddress } from '../../kit/address.ts'
import type { Answer, Input } from '../../kit/call.ts'
import type { Chosen } from '../../kit/chips.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { reasonText } from '../messages/parts.tsx'
import { DidChoice, dids, useLinks } from './did-choice.tsx'

type Audience = Answer<'GET /v1/admin/campaigns/:campaign_id'>['audience']
type Asked = Pick<
  NonNullable<Input<'GET /v1/admin/campaigns/:campaign_id/recipients'>['query']>,
  'arm' | 'reason' | 'did' | 'link_no'
>
export const arms = ['mailed', 'holdout', 'refused'] as const
const reasonMax = 60
const linksMax = 1_000

/** The filters of an address; what is none of ours is left out. */
export function askedOf(address: Record<string, string>): Asked {
  const { reason, link_no } = address
  const arm = arms.find((one) => one === address['arm'])
  const did = dids.find((one) => one === address['did'])
  const isLink = link_no !== undefined && /^\d{1,4}$/.test(link_no) && Number(link_no) <= linksMax
  return {
    ...(arm ? { arm } : {}),
    ...(reason && reason.length <= reasonMax ? { reason } : {}),
    ...(did ? { did } : {}),
    ...(isLink ? { link_no: Number(link_no) } : {}),
  }
}

interface FiltersProps {
  campaign_id: string
  isBegun: boolean
  audience: Audience | null | undefined
}

export function Filters({ campaign_id, isBegun, audience }: FiltersProps) {
  const { t } = useTexts()
  const [address, setAddress] = useAddress()
  const { arm, reason, did, link_no } = askedOf(address)
  return (
    <>
      <SegmentedControl
        aria-label={t('campaigns:arm')}
        value={arm ?? ''}
        onChange={(chosen) => setAddress({ arm: chosen, reason: null, did: null, link_no: null })}
        data={[
          { value: '', label: t('campaigns:recipientsAll') },
          ...arms.map((one) => ({ value: one, label: t(`campaigns:arms.${one}`) })),
        ]}
      />
      {isBegun && arm !== 'refused' && (
        <DidChoice
          campaign_id={campaign_id}
          arm={arm}
          did={did}
          link_no={link_no}
          choose={(chosen) =>
            setAddress({ did: chosen.did, link_no: chosen.link_no === null ? null : String(chosen.link_no) })
          }
        />
      )}
      {arm === 'refused' && audience && (
        <Select
          aria-label={t('campaigns:reason')}
          placeholder={t('campaigns:allReasons')}
          clearable
          value={reason ?? null}
          w={240}
          onChange={(chosen) => setAddress({ reason: chosen })}
          data={Object.keys(audience.reasons).map((one) => ({ value: one, label: reasonText(one) }))}
        />
      )}
    </>
  )
}

/** What is chosen, as chips: the fields themselves are hidden on a phone. */
export function useChosen(campaign_id: string): Chosen {
  const { t } = useTexts()
  const { arm, reason, did, link_no } = askedOf(useAddress()[0])
  const links = useLinks(campaign_id, link_no !== undefined)
  const link = links?.find((one) => one.link_no === link_no)?.url ?? t('campaigns:link')
  return [
    arm && { text: t(`campaigns:arms.${arm}`), drops: ['arm', 'reason'], has_field: true },
    reason && { text: reasonText(reason), drops: ['reason'], has_field: true },
    did && { text: t(`campaigns:dids.${did}`), drops: ['did', 'link_no'], has_field: true },
    link_no !== undefined && { text: link, drops: ['link_no'], has_field: true },
  ]
}
