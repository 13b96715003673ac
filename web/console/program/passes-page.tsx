/** Can members keep their card in Apple Wallet and Google Wallet? */
import { Button, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { StateBadge } from '../../kit/badge.tsx'
import { call, touch, type Row } from '../../kit/call.ts'
import { Confirm } from '../../kit/confirm.tsx'
import { LongTextField, PasswordField, TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Page, Section } from '../../kit/page.tsx'
import { BlockSkeleton, Failed, Notice } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useForm } from '../../kit/use-form.ts'
import { useMay } from '../session.tsx'

type WalletRow = Row<'GET /v1/admin/wallets'>

export default function PassesPage() {
  const { t } = useTexts()
  const format = useFormat()
  const writes = useMay()('program:write')
  const read = useCall('GET /v1/admin/wallets')
  const ready = read.data?.data.filter(({ configured }) => configured) ?? []
  const count = ready.reduce((sum, { passes }) => sum + passes, 0)
  const wallets = ready.map(({ wallet }) => t(`brand:${wallet}`)).join(t('brand:and'))
  const answer = ready.length ? t('brand:passesAnswer', { wallets, count: format.number(count) }) : undefined
  return (
    <Page
      title={t('brand:passes')}
      question={t('brand:passesQuestion')}
      above={[{ title: t('brand:title'), to: '/program/brand' }]}
      width="narrow"
      answer={read.data && (answer ?? t('brand:passesAnswerNone'))}
    >
      {!writes && <Notice>{t('program:mayNot')}</Notice>}
      {read.isError && !read.data && <Failed error={read.error} retry={() => void read.refetch()} />}
      {read.isPending && <BlockSkeleton height={320} />}
      {read.data?.data.map((row) => (
        <One key={row.wallet} row={row} writes={writes} />
      ))}
    </Page>
  )
}

function One({ row, writes }: { row: WalletRow; writes: boolean }) {
  const { t } = useTexts()
  const { wallet, configured } = row
  const state = (
    <StateBadge tone={configured ? 'good' : 'quiet'}>{t(configured ? 'brand:isReady' : 'brand:notReady')}</StateBadge>
  )
  return (
    <Section title={t(`brand:${wallet}`)} hint={t(`brand:${wallet}Hint`)} aside={state}>
      <Stack gap="md">
        {row.apple && <Certificate apple={row.apple} />}
        {writes && (wallet === 'apple' ? <AppleForm row={row} /> : <GoogleForm row={row} />)}
        {writes && configured && <TakeAway wallet={wallet} />}
      </Stack>
    </Section>
  )
}

function Certificate({ apple }: { apple: NonNullable<WalletRow['apple']> }) {
  const { t } = useTexts()
  const format = useFormat()
  const { pass_type, team } = apple
  return <Text size="sm">{t('brand:validUntil', { pass_type, team, day: format.dayOf(apple.valid_until) })}</Text>
}

function AppleForm({ row }: { row: WalletRow }) {
  const { t } = useTexts()
  const form = useForm({
    initial: {
      certificate: row.apple?.certificate ?? '',
      wwdr: row.apple?.wwdr ?? '',
      key: '',
      key_passphrase: '',
    },
    save: async ({ key, key_passphrase, ...body }) => {
      const secret = key.trim() ? { key, key_passphrase: key_passphrase || null } : {}
      await call('PUT /v1/admin/wallets/apple', { body: { ...body, ...secret } })
      await touch('wallets')
    },
  })
  return (
    <FormFrame form={form} verb={row.configured ? t('kit:save') : t('brand:setUp')}>
      <LongTextField field={form.field('certificate')} label={t('brand:certificate')} rows={3} monospace />
      <LongTextField field={form.field('wwdr')} label={t('brand:wwdr')} rows={3} monospace />
      <LongTextField
        field={form.field('key')}
        label={t('brand:key')}
        consequence={t(row.configured ? 'brand:keyKept' : 'brand:keyMissing')}
        rows={3}
        monospace
      />
      <PasswordField
        field={form.field('key_passphrase')}
        label={t('brand:key_passphrase')}
        autoComplete="new-password"
      />
    </FormFrame>
  )
}

function GoogleForm({ row }: { row: WalletRow }) {
  const { t } = useTexts()
  const form = useForm({
    initial: { issuer_id: row.google?.issuer_id ?? '', service_email: row.google?.service_email ?? '', key: '' },
    save: async ({ key, ...body }) => {
      await call('PUT /v1/admin/wallets/google', { body: { ...body, ...(key.trim() ? { key } : {}) } })
      await touch('wallets')
    },
  })
  return (
    <FormFrame form={form} verb={row.configured ? t('kit:save') : t('brand:setUp')}>
      <TextField field={form.field('issuer_id')} label={t('brand:issuer_id')} maxLength={30} required />
      <TextField field={form.field('service_email')} label={t('brand:service_email')} type="email" required />
      <LongTextField
        field={form.field('key')}
        label={t('brand:key')}
        consequence={t(row.configured ? 'brand:keyKept' : 'brand:keyMissing')}
        rows={3}
        monospace
      />
    </FormFrame>
  )
}

function TakeAway({ wallet }: { wallet: WalletRow['wallet'] }) {
  const { t } = useTexts()
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button variant="subtle" color="gray" size="xs" w="fit-content" onClick={() => setOpen(true)}>
        {t('brand:takeAway')}
      </Button>
      <Confirm
        opened={isOpen}
        close={() => setOpen(false)}
        title={t(`brand:${wallet}`)}
        verb={t('brand:takeAway')}
        dangerous
        act={async () => {
          await call('DELETE /v1/admin/wallets/:wallet', { params: { wallet } })
          await touch('wallets')
        }}
      >
        {t('brand:takeAwayConfirm')}
      </Confirm>
    </>
  )
}
