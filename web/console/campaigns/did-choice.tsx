/** Narrows a campaign's people to those who did something, and clicks to one link. */
import { Select } from '@mantine/core'
import type { Input } from '../../kit/call.ts'
import { useTexts } from '../../kit/i18n.ts'
import { useCall } from '../../kit/use-call.ts'

export type Did = NonNullable<NonNullable<Input<'GET /v1/admin/campaigns/:campaign_id/recipients'>['query']>['did']>
/** In the order in which it happens; all but the first are of those who were written to. None may be missing. */
const inOrder = {
  bought: true,
  sent: true,
  delivered: true,
  opened: true,
  clicked: true,
  unsubscribed: true,
  complained: true,
  waiting: true,
} satisfies Record<Did, true>
export const dids = Object.keys(inOrder) as readonly Did[]

interface Chosen {
  did: Did | null
  link_no: number | null
}

export function DidChoice(props: {
  campaign_id: string
  arm: string | undefined
  did: Did | undefined
  link_no: number | undefined
  choose: (chosen: Chosen) => void
}) {
  const { t } = useTexts()
  const { arm, choose } = props
  const did = props.did ?? null
  const offered = dids.filter((one) => one === 'bought' || arm !== 'holdout')
  return (
    <>
      <Select
        aria-label={t('campaigns:did')}
        placeholder={t('campaigns:didAnything')}
        clearable
        value={did}
        w={200}
        onChange={(chosen) => choose({ did: chosen as Did | null, link_no: null })}
        data={offered.map((one) => ({ value: one, label: t(`campaigns:dids.${one}`) }))}
      />
      {did === 'clicked' && (
        <LinkChoice
          campaign_id={props.campaign_id}
          link_no={props.link_no}
          choose={(link_no) => choose({ did, link_no })}
        />
      )}
    </>
  )
}

function LinkChoice(props: {
  campaign_id: string
  link_no: number | undefined
  choose: (link_no: number | null) => void
}) {
  const { t } = useTexts()
  const { campaign_id, link_no, choose } = props
  const links = useLinks(campaign_id)
  if (!links) return null
  return (
    <Select
      aria-label={t('campaigns:link')}
      placeholder={t('campaigns:anyLink')}
      clearable
      value={link_no === undefined ? null : String(link_no)}
      w={280}
      onChange={(chosen) => choose(chosen === null ? null : Number(chosen))}
      data={links.map((link) => ({ value: String(link.link_no), label: link.url }))}
    />
  )
}

/** The links of a campaign's message, as its report knows them; undefined until they are read. */
export function useLinks(campaign_id: string, enabled = true) {
  const params = { campaign_id }
  return useCall('GET /v1/admin/campaigns/:campaign_id/report', { params }, { enabled }).data?.links
}
