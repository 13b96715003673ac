/** A budget's name, amount and days. Money goes in and out by a form of its own. */
import { Modal, SimpleGrid } from '@mantine/core'
import { call, touch } from '../../kit/call.ts'
import { DayField, MoneyField, NumberField, TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { useForm } from '../../kit/use-form.ts'
import type { Budget } from './bar.tsx'

interface Values {
  name: string
  amount_minor: number | null
  from_on: string | null
  to_on: string | null
}

export function BudgetDialog({ edited, close }: { edited: Budget | 'new' | null; close: () => void }) {
  const { t } = useTexts()
  const title = edited === 'new' || !edited ? t('budgets:add') : t('budgets:changeTitle', { name: edited.name })
  return (
    <Modal opened={edited !== null} onClose={close} title={title} closeButtonProps={{ 'aria-label': t('kit:close') }}>
      {edited && <BudgetForm budget={edited === 'new' ? null : edited} close={close} />}
    </Modal>
  )
}

function BudgetForm({ budget, close }: { budget: Budget | null; close: () => void }) {
  const { t } = useTexts()
  const format = useFormat()
  const form = useForm<Values>({
    initial: {
      name: budget?.name ?? '',
      amount_minor: budget?.amount_minor ?? null,
      from_on: budget?.from_on ?? format.today(),
      to_on: budget?.to_on ?? null,
    },
    check: ({ name, amount_minor }): Record<string, string> => ({
      ...(name.trim() ? {} : { '/name': t('budgets:needName') }),
      ...(amount_minor === null ? { '/amount_minor': t('budgets:needAmount') } : {}),
    }),
    save: async ({ name, amount_minor, from_on, to_on }) => {
      const body = { name: name.trim(), to_on, ...(from_on ? { from_on } : {}) }
      if (budget) await call('PATCH /v1/admin/budgets/:budget_id', { params: { budget_id: budget.budget_id }, body })
      else await call('POST /v1/admin/budgets', { body: { ...body, amount_minor: amount_minor! } })
      await touch('budgets')
    },
    saved: close,
  })
  return (
    <FormFrame form={form} cancel={close} {...(budget ? {} : { verb: t('budgets:add') })}>
      <TextField field={form.field('name')} label={t('budgets:name')} maxLength={120} autoFocus required />
      {!budget && (
        <MoneyField
          field={form.field('amount_minor')}
          label={t('budgets:amount')}
          consequence={t('budgets:amountHint')}
          required
        />
      )}
      <SimpleGrid cols={2}>
        <DayField field={form.field('from_on')} label={t('budgets:from')} />
        <DayField field={form.field('to_on')} label={t('budgets:to')} consequence={t('budgets:toHint')} clearable />
      </SimpleGrid>
    </FormFrame>
  )
}

export function TopUpDialog({ budget, opened, close }: { budget: Budget; opened: boolean; close: () => void }) {
  const { t } = useTexts()
  const title = t('budgets:topUpTitle', { name: budget.name })
  return (
    <Modal opened={opened} onClose={close} title={title} closeButtonProps={{ 'aria-label': t('kit:close') }}>
      {opened && <TopUpForm budget={budget} close={close} />}
    </Modal>
  )
}

function TopUpForm({ budget, close }: { budget: Budget; close: () => void }) {
  const { t } = useTexts()
  const format = useFormat()
  const unit = 10 ** format.currency_decimals
  const form = useForm<{ amount_minor: number | null; note: string }>({
    initial: { amount_minor: null, note: '' },
    check: ({ amount_minor }): Record<string, string> =>
      amount_minor ? {} : { '/amount_minor': t('budgets:needAmount') },
    save: async ({ amount_minor, note }) => {
      await call('POST /v1/admin/budgets/:budget_id/top-ups', {
        params: { budget_id: budget.budget_id },
        // typed in whole units, because a money field takes no minus
        body: { amount_minor: Math.round(amount_minor! * unit), note: note.trim() },
      })
      await touch('budgets')
    },
    saved: close,
  })
  return (
    <FormFrame form={form} verb={t('budgets:topUp')} cancel={close}>
      <NumberField
        field={form.field('amount_minor')}
        label={t('budgets:topUpAmount')}
        consequence={t('budgets:topUpHint', { left: format.money(Math.floor(budget.left_minor)) })}
        decimals={format.currency_decimals}
        required
      />
      <TextField field={form.field('note')} label={t('budgets:topUpNote')} maxLength={200} />
    </FormFrame>
  )
}
