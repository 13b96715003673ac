/** What may clerks do by themselves, what raises an alarm, what is taken without a network, and who works where. */
import { Box, MultiSelect, SimpleGrid, Stack } from '@mantine/core'
import { call, touch, type Answer } from '../../kit/call.ts'
import { MoneyField, NumberField, SwitchField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { Page, Section } from '../../kit/page.tsx'
import { Failed, Notice, Refused, TextSkeleton } from '../../kit/states.tsx'
import { useCall, useWrite } from '../../kit/use-call.ts'
import { useForm, type Form } from '../../kit/use-form.ts'
import { useMay } from '../session.tsx'
import { Registers } from './registers.tsx'

type Rules = Answer<'GET /v1/admin/till-rules'>
type Values = { [Key in Exclude<keyof Rules, 'spending_needs_code'>]: number | null } & {
  spending_needs_code: boolean
}

/** Those that are never without a number. */
const needed = [
  'late_days_max',
  'alarm_receipts',
  'alarm_minutes',
  'alarm_receipts_a_day',
  'offline_receipts_max',
  'offline_points_a_receipt_max',
  'offline_points_a_member_max',
] as const satisfies (keyof Rules)[]

export default function TillRulesPage() {
  const { t } = useTexts()
  const may = useMay()
  const read = useCall('GET /v1/admin/till-rules')
  return (
    <Page
      title={t('till:rules')}
      question={t('till:rulesQuestion')}
      above={[{ title: t('till:title'), to: '/till' }]}
      width="narrow"
    >
      {read.data ? (
        <RulesForm rules={read.data} />
      ) : read.isError ? (
        <Failed error={read.error} retry={() => void read.refetch()} />
      ) : (
        <TextSkeleton lines={10} />
      )}
      <Registers />
      {may('staff:write') && <Places />}
    </Page>
  )
}

function RulesForm({ rules }: { rules: Rules }) {
  const { t } = useTexts()
  const writes = useMay()('program:write')
  const form = useForm<Values>({
    initial: rules,
    check: (values) =>
      Object.fromEntries(needed.flatMap((key) => (values[key] === null ? [[`/${key}`, t('till:needNumber')]] : []))),
    save: async (values) => {
      await call('PUT /v1/admin/till-rules', { body: values as Rules })
      await touch('till-rules', 'work')
    },
  })
  return (
    <FormFrame form={form} locked={!writes}>
      {!writes && <Notice>{t('till:mayNot')}</Notice>}
      <Section title={t('till:limits')} hint={t('till:limitsHint')}>
        <Fields form={form} names={['late_days_max', 'receipts_a_day_max', 'points_a_day_max']}>
          <MoneyField
            field={form.field('refunds_a_day_max_minor')}
            label={t('till:fields.refunds_a_day_max_minor')}
            consequence={t('till:hints.refunds_a_day_max_minor')}
          />
          <MoneyField
            field={form.field('top_ups_a_day_max_minor')}
            label={t('till:fields.top_ups_a_day_max_minor')}
            consequence={t('till:hints.top_ups_a_day_max_minor')}
          />
        </Fields>
        <Box mt="md">
          <SwitchField
            field={form.field('spending_needs_code')}
            label={t('till:fields.spending_needs_code')}
            consequence={t('till:hints.spending_needs_code')}
          />
        </Box>
      </Section>
      <Section title={t('till:alarming')} hint={t('till:alarmingHint')}>
        <Fields form={form} names={['alarm_receipts', 'alarm_minutes', 'alarm_receipts_a_day']} />
      </Section>
      <Section title={t('till:offline')} hint={t('till:offlineHint')}>
        <Fields form={form} names={['offline_receipts_max']}>
          <MoneyField
            field={form.field('offline_amount_max_minor')}
            label={t('till:fields.offline_amount_max_minor')}
            consequence={t('till:hints.offline_amount_max_minor')}
          />
          <NumbersOf form={form} names={['offline_points_a_receipt_max', 'offline_points_a_member_max']} />
        </Fields>
      </Section>
    </FormFrame>
  )
}

type NumberName = Exclude<keyof Rules, `${string}_minor` | 'spending_needs_code'>

interface NumbersProps {
  form: Form<Values>
  names: readonly NumberName[]
}

function Fields({ children, ...numbers }: NumbersProps & { children?: React.ReactNode }) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
      <NumbersOf {...numbers} />
      {children}
    </SimpleGrid>
  )
}

function NumbersOf({ form, names }: NumbersProps) {
  const { t } = useTexts()
  return names.map((name) => (
    <NumberField
      key={name}
      field={form.field(name)}
      label={t(`till:fields.${name}`)}
      consequence={t(`till:hints.${name}`)}
      min={0}
    />
  ))
}

/** Who works where; who is at no store works at every one. */
function Places() {
  const { t } = useTexts()
  const staff = useCall('GET /v1/admin/staff')
  const stores = useCall('GET /v1/admin/stores').data?.data ?? []
  const places = useCall('GET /v1/admin/store-staff')
  const write = useWrite('PUT /v1/admin/store-staff/:staff_id', { touches: ['store-staff', 'work'] })
  const people = (staff.data?.data ?? []).filter(
    ({ role, disabled_at }) => disabled_at === null && (role === 'clerk' || role === 'manager'),
  )
  const placesOf = (staff_id: string) =>
    (places.data?.data ?? []).filter((one) => one.staff_id === staff_id).map(({ store_id }) => store_id)
  return (
    <Section title={t('till:places')} hint={t('till:placesHint')}>
      <Stack gap="md">
        {places.data &&
          people.map(({ staff_id, name }) => (
            <MultiSelect
              key={staff_id}
              label={name}
              {...(placesOf(staff_id).length === 0 ? { placeholder: t('till:everywhere') } : {})}
              data={stores.map((store) => ({ value: store.store_id, label: store.name }))}
              value={placesOf(staff_id)}
              onChange={(store_ids) => write.mutate({ params: { staff_id }, body: { store_ids } })}
            />
          ))}
        {places.data && staff.data && people.length === 0 && t('till:placesNone')}
        {write.error && <Refused error={write.error} />}
      </Stack>
    </Section>
  )
}
