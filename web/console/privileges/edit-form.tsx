/** A privilege: its name and text in languages, who has it, how often. */
import { Modal, SimpleGrid, Text } from '@mantine/core'
import { alwaysChosen } from '../../kit/always-chosen.ts'
import { call, touch } from '../../kit/call.ts'
import { ChoiceField, LongTextField, NumberField, SwitchField, TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { languages, nameIn, useTexts } from '../../kit/i18n.ts'
import { ManyPicker } from '../../kit/many-picker.tsx'
import { useForm, type Form } from '../../kit/use-form.ts'
import { usePlans } from '../plans/plan-names.ts'
import { useSession } from '../session.tsx'
import { TierPicker } from '../tiers/pickers.tsx'
import { useRuleLine, type Privilege } from './table.tsx'

type Quota = NonNullable<Privilege['rule']['quota']>
interface Values {
  names: Record<string, string>
  texts: Record<string, string>
  tier_codes: string[]
  /** Each with a number of its own; null: as everybody. */
  plans: { plan_id: string; uses: number | null }[]
  period: Quota['period'] | 'none'
  uses: number | null
  is_active: boolean
}

/** Open while `wanted` names a privilege, or is `new`. */
export function PrivilegeDialog(props: {
  privileges: readonly Privilege[]
  wanted: string | undefined
  close: () => void
}) {
  const { t, language } = useTexts()
  const { privileges, wanted, close } = props
  const known = privileges.find(({ privilege_id }) => privilege_id === wanted)
  const opened = wanted === 'new' || known !== undefined
  return (
    <Modal
      opened={opened}
      onClose={close}
      size="lg"
      title={known ? nameIn(known.names, language, '') : t('privileges:add')}
      closeButtonProps={{ 'aria-label': t('kit:close') }}
    >
      {opened && <PrivilegeForm known={known} close={close} />}
    </Modal>
  )
}

const filled = (texts: Record<string, string>) =>
  Object.fromEntries(Object.entries(texts).filter(([, text]) => text.trim()))

const ruleOf = ({ tier_codes, plans, period, uses }: Values): Privilege['rule'] => ({
  tier_codes,
  quota: period === 'none' ? null : { uses: uses ?? 1, period },
  ...(plans.length > 0 && { plans: plans.map((plan) => (period === 'none' ? { ...plan, uses: null } : plan)) }),
})

function PrivilegeForm({ known, close }: { known: Privilege | undefined; close: () => void }) {
  const { t } = useTexts()
  const { program } = useSession()
  const line = useRuleLine()
  const spoken = program?.languages ?? languages.map(({ code }) => code)
  const form = useForm<Values>({
    initial: {
      names: known?.names ?? {},
      texts: known?.texts ?? {},
      tier_codes: known?.rule.tier_codes ?? [],
      plans: known?.rule.plans ?? [],
      period: known?.rule.quota?.period ?? 'none',
      uses: known?.rule.quota?.uses ?? 1,
      is_active: known?.status !== 'stopped',
    },
    check: ({ names }): Record<string, string> =>
      spoken.some((code) => names[code]?.trim()) ? {} : { '/names': t('privileges:form.needName') },
    save: async (values) => {
      const body = { names: filled(values.names), texts: filled(values.texts), rule: ruleOf(values) }
      if (known) {
        await call('PATCH /v1/admin/privileges/:privilege_id', {
          params: { privilege_id: known.privilege_id },
          body: { ...body, status: values.is_active ? 'active' : 'stopped' },
        })
      } else await call('POST /v1/admin/privileges', { body })
      await touch('privileges')
    },
    saved: close,
  })
  return (
    <FormFrame form={form} cancel={close} {...(known ? {} : { verb: t('privileges:add') })}>
      <Text size="sm" c="dimmed">
        {line(ruleOf(form.values))}
      </Text>
      {spoken.map((code, i) => (
        <Language key={code} form={form} code={code} isFirst={i === 0} />
      ))}
      <Who form={form} />
      {known && (
        <SwitchField
          field={form.field('is_active')}
          label={t('privileges:form.active')}
          consequence={t('privileges:form.activeHint')}
        />
      )}
    </FormFrame>
  )
}

function Language({ form, code, isFirst }: { form: Form<Values>; code: string; isFirst: boolean }) {
  const { t } = useTexts()
  const language = languages.find((one) => one.code === code)?.name ?? code
  const { names, texts } = form.values
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <TextField
        label={t('privileges:form.nameIn', { language })}
        maxLength={60}
        field={{
          name: `names_${code}`,
          value: names[code] ?? '',
          error: isFirst ? form.errorAt('/names') : undefined,
          onChange: (name) => form.set({ names: { ...names, [code]: name } }),
        }}
      />
      <LongTextField
        label={t('privileges:form.textIn', { language })}
        rows={1}
        field={{
          name: `texts_${code}`,
          value: texts[code] ?? '',
          error: undefined,
          onChange: (text) => form.set({ texts: { ...texts, [code]: text } }),
        }}
      />
    </SimpleGrid>
  )
}

function Who({ form }: { form: Form<Values> }) {
  const { t } = useTexts()
  const names = usePlans()
  const { tier_codes, plans, period } = form.values
  return (
    <>
      <TierPicker
        name="tier_codes"
        label={t('privileges:form.tiers')}
        hint={t('privileges:form.tiersHint')}
        value={tier_codes}
        onChange={(value) => form.set({ tier_codes: value })}
      />
      <ManyPicker
        name="plans"
        label={t('privileges:form.plans')}
        hint={t('privileges:form.plansHint')}
        data={names.map(({ plan_id, name }) => ({ value: plan_id, label: name }))}
        value={plans.map(({ plan_id }) => plan_id)}
        onChange={(ids) =>
          form.set({
            plans: ids.map((plan_id) => plans.find((plan) => plan.plan_id === plan_id) ?? { plan_id, uses: null }),
          })
        }
      />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <ChoiceField
          field={alwaysChosen(form.field('period'))}
          label={t('privileges:form.period')}
          choices={(['none', 'day', 'month', 'year', 'ever'] as const).map((value) => ({
            value,
            label: t(`privileges:form.periods.${value}`),
          }))}
        />
        {period !== 'none' && <NumberField field={form.field('uses')} label={t('privileges:form.uses')} min={1} />}
      </SimpleGrid>
      {period !== 'none' && plans.length > 0 && <PlanUses form={form} names={names} />}
    </>
  )
}

/** How often by each plan, where that is another number. */
function PlanUses({ form, names }: { form: Form<Values>; names: ReturnType<typeof usePlans> }) {
  const { t } = useTexts()
  const { plans } = form.values
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      {plans.map((plan, nth) => (
        <NumberField
          key={plan.plan_id}
          label={t('privileges:form.planUses', {
            plan: names.find(({ plan_id }) => plan_id === plan.plan_id)?.name ?? plan.plan_id,
          })}
          consequence={t('privileges:form.planUsesHint')}
          min={1}
          field={{
            name: `plan_uses_${plan.plan_id}`,
            value: plan.uses,
            error: form.errorAt(`/rule/plans/${nth}/uses`),
            onChange: (value) =>
              form.set({ plans: plans.map((one) => (one === plan ? { ...plan, uses: value } : one)) }),
          }}
        />
      ))}
    </SimpleGrid>
  )
}
