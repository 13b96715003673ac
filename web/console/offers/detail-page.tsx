/** One offer: what it promises, who saw it, who completed it. */
import { Button, Group } from '@mantine/core'
import { useState } from 'react'
import { usePathParam } from '../../kit/address.ts'
import { call, touch } from '../../kit/call.ts'
import { Door } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { nameIn, useTexts } from '../../kit/i18n.ts'
import { Figure, Page, PrimaryAction, Section } from '../../kit/page.tsx'
import { PageAwaiting } from '../../kit/page-awaiting.tsx'
import { problemSentence } from '../../kit/problem.ts'
import { Notice } from '../../kit/states.tsx'
import { useCall, useList } from '../../kit/use-call.ts'
import { GiveDialog } from '../give-to-segment.tsx'
import { Holders, useStateChoice } from '../holders.tsx'
import { useMay } from '../session.tsx'
import { useIssueColumns } from './table.tsx'
import { useOfferSentence, type Offer } from './words.ts'

export default function OfferPage() {
  const { t, language } = useTexts()
  const offer_id = usePathParam('offer_id')
  const sentence = useOfferSentence()
  const may = useMay()
  const [giving, setGiving] = useState(false)
  const read = useCall('GET /v1/admin/offers/:offer_id', { params: { offer_id } }, { keep: false })
  const offer = read.data
  const above = [{ title: t('offers:title'), to: '/offers' }]
  if (!offer) return <PageAwaiting title={t('offers:title')} above={above} read={read} />
  const writes = may('offers:write')
  return (
    <Page
      title={nameIn(offer.names, language, offer.offer_id)}
      above={above}
      as_of={read.dataUpdatedAt}
      answer={sentence(offer.rule)}
      action={
        writes &&
        offer.status === 'active' && (
          <PrimaryAction label={t('offers:giveTo')} icon="members" onClick={() => setGiving(true)} />
        )
      }
      actions={
        writes && (
          <Group gap="xs">
            <Button component={Door} to={`/offers/${offer_id}/edit`} variant="default">
              {t('offers:change')}
            </Button>
            <Stop offer={offer} />
          </Group>
        )
      }
    >
      <Section title={t('offers:funnel.title')}>
        <Funnel offer={offer} />
      </Section>
      <Section title={t('offers:holders')} hint={t('offers:holdersHint')} bare>
        <Issues offer_id={offer_id} />
      </Section>
      <GiveDialog
        opened={giving}
        close={() => setGiving(false)}
        giving={{
          title: t('offers:giveTo'),
          running: t('offers:givingTo'),
          route: 'GET /v1/admin/offer-runs/:run_id',
          start: (segment_id) =>
            call('POST /v1/admin/offers/:offer_id/runs', { params: { offer_id }, body: { segment_id } }),
          touches: ['offers'],
        }}
      />
    </Page>
  )
}

function Stop({ offer }: { offer: Offer }) {
  const { t } = useTexts()
  const isActive = offer.status === 'active'
  const change = async () => {
    const body = { status: isActive ? ('stopped' as const) : ('active' as const) }
    await call('PATCH /v1/admin/offers/:offer_id', { params: { offer_id: offer.offer_id }, body })
    await touch('offers')
  }
  return (
    <Button variant="default" onClick={() => void change()}>
      {isActive ? t('offers:stop') : t('offers:resume')}
    </Button>
  )
}

function Funnel({ offer }: { offer: Offer }) {
  const { t } = useTexts()
  const format = useFormat()
  const share = (part: number) =>
    offer.issued === 0 ? undefined : t('offers:funnel.share', { share: format.percent(part / offer.issued) })
  return (
    <Group gap="xl" align="flex-start">
      <Figure label={t('offers:funnel.issued')} value={format.number(offer.issued)} />
      <Figure label={t('offers:funnel.viewed')} value={format.number(offer.viewed)} hint={share(offer.viewed)} />
      <Figure
        label={t('offers:funnel.completed')}
        value={format.number(offer.completed)}
        hint={share(offer.completed)}
      />
      <Figure label={t('offers:funnel.open')} value={format.number(offer.open)} />
      {offer.rewarded_points > 0 && (
        <Figure label={t('offers:funnel.points')} value={format.points(offer.rewarded_points)} />
      )}
    </Group>
  )
}

const states = ['open', 'completed', 'ended', 'waiting'] as const

function Issues({ offer_id }: { offer_id: string }) {
  const { t } = useTexts()
  const state = useStateChoice(states)
  const list = useList('GET /v1/admin/offers/:offer_id/issues', {
    params: { offer_id },
    query: { limit: 25, ...(state ? { state } : {}) },
  })
  const [problem, setProblem] = useState<string | null>(null)
  const writes = useMay()('offers:write')
  const hasRefused = list.rows?.some((row) => row.reward_refused !== null) ?? false
  const retry = (row: { member_id: string; issue_id: string }) => {
    const params = { member_id: row.member_id, issue_id: row.issue_id }
    setProblem(null)
    call('POST /v1/admin/members/:member_id/offers/:issue_id/reward', { params })
      .then(() => touch('offers', 'gifts'))
      .catch((thrown: unknown) => setProblem(problemSentence(thrown)))
  }
  return (
    <>
      {problem && <Notice kind="warn">{problem}</Notice>}
      <Holders
        states={states}
        nameOf={(one) => (one ? t(`offers:states.${one}`) : t('offers:allStates'))}
        columns={useIssueColumns(writes && hasRefused ? retry : undefined)}
        list={list}
        label={t('offers:holders')}
        row_key={(row) => row.issue_id}
        empty={{ title: t('offers:noHolders'), hint: t('offers:noHoldersHint') }}
      />
    </>
  )
}
