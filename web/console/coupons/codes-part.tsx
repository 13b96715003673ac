/** The codes of a coupon: all of them as a file, one to share, many to bring. */
import { Button, Code, CopyButton, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { call, touch } from '../../kit/call.ts'
import { LongTextField, NumberField, TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Icon } from '../../kit/icons.tsx'
import { Section } from '../../kit/page.tsx'
import { Failed, Notice } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useForm } from '../../kit/use-form.ts'
import { useMay } from '../session.tsx'
import type { Definition } from './words.ts'

export function CodesPart({ definition }: { definition: Definition }) {
  const { t } = useTexts()
  const may = useMay()
  const { coupon_definition_id, design } = definition
  if (design.codes === 'none') return null
  const href = `/v1/admin/coupon-definitions/${coupon_definition_id}/codes/download`
  return (
    <Section
      title={t('coupons:codesTitle')}
      aside={
        <Button component="a" href={href} size="xs" variant="default" download>
          {t('coupons:download')}
        </Button>
      }
    >
      {design.codes === 'shared' && <Shared definition={definition} />}
      {may('coupons:write') && design.codes === 'shared' && <Share coupon_definition_id={coupon_definition_id} />}
      {may('coupons:write') && design.codes === 'pool' && <Bring coupon_definition_id={coupon_definition_id} />}
    </Section>
  )
}

/** Codes that everybody may use, with how often: their own limit, or that of the coupon where it is reached first. */
function Shared({ definition }: { definition: Definition }) {
  const { t } = useTexts()
  const format = useFormat()
  const params = { coupon_definition_id: definition.coupon_definition_id }
  const read = useCall('GET /v1/admin/coupon-definitions/:coupon_definition_id/codes', { params })
  const codes = (read.data?.data ?? []).filter(({ kind }) => kind === 'shared')
  if (read.isError) return <Failed error={read.error} retry={() => void read.refetch()} />
  if (codes.length === 0) return null
  const total = definition.design.limits.total ?? Infinity
  return (
    <Stack gap="xs" mb="lg">
      {codes.map(({ code, uses_max }) => {
        const most = Math.min(uses_max ?? Infinity, total)
        return (
          <Group key={code} gap="sm">
            <Code fz="md">{code}</Code>
            <Text size="sm" c="dimmed">
              {most === Infinity
                ? t('coupons:shareNoLimit')
                : t('coupons:shareLimit', { count: most, uses: format.number(most) })}
            </Text>
            <CopyButton value={code}>
              {({ copied, copy }) => (
                <Button
                  size="xs"
                  variant="default"
                  onClick={copy}
                  aria-label={copied ? undefined : t('coupons:copyCode', { code })}
                  leftSection={<Icon name={copied ? 'check' : 'copy'} size={15} />}
                >
                  {copied ? t('kit:copied') : t('kit:copy')}
                </Button>
              )}
            </CopyButton>
          </Group>
        )
      })}
    </Stack>
  )
}

function Share({ coupon_definition_id }: { coupon_definition_id: string }) {
  const { t } = useTexts()
  const form = useForm<{ shared: string; uses_max: number | null }>({
    initial: { shared: '', uses_max: null },
    save: async (body) => {
      await call('POST /v1/admin/coupon-definitions/:coupon_definition_id/codes', {
        params: { coupon_definition_id },
        body,
      })
      await touch('coupon-definitions')
    },
  })
  return (
    <FormFrame form={form} verb={t('coupons:share')}>
      <TextField field={form.field('shared')} label={t('coupons:shareCode')} maxLength={60} required />
      <NumberField
        field={form.field('uses_max')}
        label={t('coupons:shareMax')}
        consequence={t('coupons:form.none')}
        min={1}
      />
    </FormFrame>
  )
}

function Bring({ coupon_definition_id }: { coupon_definition_id: string }) {
  const { t } = useTexts()
  const format = useFormat()
  const [brought, setBrought] = useState<{ added: number; known: number } | null>(null)
  const form = useForm<{ text: string }>({
    initial: { text: '' },
    save: async ({ text }) => {
      const codes = text.split(/\r?\n/).map((line) =>
        line
          .split(/[,;\t]/)[0]!
          .replaceAll('"', '')
          .trim(),
      )
      const answer = await call('POST /v1/admin/coupon-definitions/:coupon_definition_id/codes', {
        params: { coupon_definition_id },
        body: { codes: codes.filter(Boolean) },
      })
      setBrought(answer)
      await touch('coupon-definitions')
    },
  })
  return (
    <Stack gap="sm">
      {brought && (
        <Notice kind="good">
          {t('coupons:brought', { added: format.number(brought.added), known: format.number(brought.known) })}
        </Notice>
      )}
      <FormFrame form={form} verb={t('coupons:bring')}>
        <LongTextField
          field={form.field('text')}
          label={t('coupons:codesTitle')}
          consequence={t('coupons:bringHint')}
          rows={5}
          monospace
        />
      </FormFrame>
    </Stack>
  )
}
