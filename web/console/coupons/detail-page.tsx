/** One coupon: how it goes, who has it, its codes. */
import { Button, Group, SimpleGrid, Text } from '@mantine/core'
import { useState } from 'react'
import { usePathParam } from '../../kit/address.ts'
import { call, touch } from '../../kit/call.ts'
import { Confirm } from '../../kit/confirm.tsx'
import { DataGrid } from '../../kit/data-grid.tsx'
import { Door } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Figure, Page, PrimaryAction, Section } from '../../kit/page.tsx'
import { Empty, Failed, Notice, TextSkeleton } from '../../kit/states.tsx'
import { useCall, useList } from '../../kit/use-call.ts'
import { GiveDialog } from '../give-to-segment.tsx'
import { RuleVersions } from '../rule-versions.tsx'
import { useMay } from '../session.tsx'
import { CodesPart } from './codes-part.tsx'
import { DefinitionState, useCouponColumns } from './table.tsx'
import { useSaying, useUntil, type Definition } from './words.ts'

export default function CouponPage() {
  const { t } = useTexts()
  const params = { coupon_definition_id: usePathParam('coupon_definition_id') }
  const read = useCall('GET /v1/admin/coupon-definitions/:coupon_definition_id', { params })
  if (read.data) return <Inside definition={read.data} />
  return (
    <Page title={t('coupons:title')} above={[{ title: t('coupons:title'), to: '/coupons' }]}>
      {read.isError ? <Failed error={read.error} retry={() => void read.refetch()} /> : <TextSkeleton lines={5} />}
    </Page>
  )
}

function Inside({ definition }: { definition: Definition }) {
  const { t } = useTexts()
  const format = useFormat()
  const may = useMay()
  const saying = useSaying()
  const until = useUntil()
  const [giving, setGiving] = useState(false)
  const { coupon_definition_id, status, design } = definition
  const writes = may('coupons:write')
  const callOff = async (version: number) => {
    await call('POST /v1/admin/coupon-definitions/:coupon_definition_id/versions/:version/call-off', {
      params: { coupon_definition_id, version },
    })
    await touch('coupon-definitions')
  }
  return (
    <Page
      title={definition.name}
      above={[{ title: t('coupons:title'), to: '/coupons' }]}
      answer={[saying(design), until(design), t('coupons:version', { version: definition.version })].join(' · ')}
      action={
        writes &&
        status === 'active' && (
          <PrimaryAction label={t('coupons:issue')} icon="members" onClick={() => setGiving(true)} />
        )
      }
      actions={writes && <Actions definition={definition} />}
    >
      {definition.waiting && (
        <Notice>
          {t('coupons:waits', {
            says: saying(definition.waiting.design),
            at: format.moment(definition.waiting.effective_from),
          })}
          <Text size="sm" mt={4}>
            {t('coupons:waitsHint')}
          </Text>
        </Notice>
      )}
      <Section>
        <SimpleGrid cols={{ base: 2, md: 5 }}>
          <Figure label={t('coupons:issued')} value={format.number(definition.issued)} />
          <Figure label={t('coupons:used')} value={format.number(definition.uses)} />
          <Figure label={t('coupons:left')} value={format.number(definition.available)} />
          <Figure label={t('coupons:cost')} value={format.money(definition.discount_minor)} />
          <DefinitionState status={status} />
        </SimpleGrid>
      </Section>
      <Versions coupon_definition_id={coupon_definition_id} callOff={callOff} />
      <CodesPart definition={definition} />
      <Holders coupon_definition_id={coupon_definition_id} />
      <GiveDialog
        opened={giving}
        close={() => setGiving(false)}
        giving={{
          title: t('coupons:issue'),
          running: t('coupons:running'),
          route: 'GET /v1/admin/coupon-runs/:run_id',
          start: (segment_id) => call('POST /v1/admin/coupons', { body: { coupon_definition_id, segment_id } }),
          touches: ['coupons', 'coupon-definitions'],
        }}
      />
    </Page>
  )
}

function Actions({ definition }: { definition: Definition }) {
  const { t } = useTexts()
  const format = useFormat()
  const [asking, setAsking] = useState(false)
  const { coupon_definition_id, status } = definition
  const set = async (wanted: 'active' | 'stopped') => {
    await call('POST /v1/admin/coupon-definitions/:coupon_definition_id/status', {
      params: { coupon_definition_id },
      body: { status: wanted },
    })
    await touch('coupon-definitions')
  }
  return (
    <Group gap="xs">
      <Button component={Door} to={`/coupons/${coupon_definition_id}/edit`} variant="default">
        {t('coupons:change')}
      </Button>
      {status === 'active' ? (
        <Button variant="default" onClick={() => setAsking(true)}>
          {t('coupons:stop')}
        </Button>
      ) : (
        <Button variant="default" onClick={() => void set('active')}>
          {t('coupons:restart')}
        </Button>
      )}
      <Confirm
        opened={asking}
        close={() => setAsking(false)}
        title={t('coupons:stopTitle')}
        verb={t('coupons:stop')}
        dangerous
        act={() => set('stopped')}
      >
        {t('coupons:stopText', { left: format.number(definition.available) })}
      </Confirm>
    </Group>
  )
}

/** Every design it had or is to have: what was given keeps the one it was given by. */
function Versions(props: { coupon_definition_id: string; callOff: (version: number) => Promise<unknown> }) {
  const { t } = useTexts()
  const saying = useSaying()
  const until = useUntil()
  const { coupon_definition_id, callOff } = props
  const list = useList('GET /v1/admin/coupon-definitions/:coupon_definition_id/versions', {
    params: { coupon_definition_id },
  })
  return (
    <Section title={t('points:versions.title')} hint={t('coupons:versionsHint')} bare>
      <RuleVersions
        list={list}
        line={({ design }) => [saying(design), until(design)].join(' · ')}
        callOff={callOff}
        permission="coupons:write"
      />
    </Section>
  )
}

function Holders({ coupon_definition_id }: { coupon_definition_id: string }) {
  const { t } = useTexts()
  const list = useList('GET /v1/admin/coupons', { query: { coupon_definition_id } })
  return (
    <Section title={t('coupons:holders')} bare>
      <DataGrid
        label={t('coupons:holders')}
        columns={useCouponColumns()}
        list={list}
        row_key={(row) => row.coupon_id}
        to={(row) => `/members/${row.member_id}`}
        download="coupon-holders"
        empty={<Empty icon="members" title={t('coupons:noHolders')} hint={t('coupons:noHoldersHint')} />}
      />
    </Section>
  )
}
