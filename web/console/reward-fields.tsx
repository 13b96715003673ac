/** What is given beside everything else: chosen in a form, and said in a phrase. Cards, offers and plans promise it. */
import { SimpleGrid } from '@mantine/core'
import { alwaysChosen } from '../kit/always-chosen.ts'
import { ChoiceField, NumberField, PointsField } from '../kit/fields.tsx'
import { useFormat } from '../kit/format.ts'
import { nameIn, useTexts } from '../kit/i18n.ts'
import { useCall } from '../kit/use-call.ts'
import type { CardRule } from './cards/words.ts'
import type { OfferRule } from './offers/words.ts'

/** All that anybody promises. */
export type AnyReward = OfferRule['reward']
/** What this form can choose; days of a plan are promised by the API. */
export type Reward = Extract<CardRule, { kind: 'stamps' }>['reward']
type Kind = AnyReward['kind']

export interface RewardValues {
  kind: Kind
  points: number | null
  item_id: string | null
  coupon_definition_id: string | null
  privilege_id: string | null
  uses: number | null
}

export function rewardValuesOf(reward: AnyReward): RewardValues {
  return {
    kind: reward.kind,
    points: reward.kind === 'points' ? reward.points : 50,
    item_id: reward.kind === 'item' ? reward.item_id : null,
    coupon_definition_id: reward.kind === 'coupon' ? reward.coupon_definition_id : null,
    privilege_id: reward.kind === 'privilege' ? reward.privilege_id : null,
    uses: reward.kind === 'privilege' ? reward.uses : 1,
  }
}

/** Is it said whole? */
export function isRewardSaid({ kind, item_id, coupon_definition_id, privilege_id }: RewardValues): boolean {
  if (kind === 'item') return item_id !== null
  if (kind === 'coupon') return coupon_definition_id !== null
  return kind !== 'privilege' || privilege_id !== null
}

/** The reward that the values make; none while it is not said whole. */
export function rewardOf(values: RewardValues): Reward {
  const { kind, points, item_id, coupon_definition_id, privilege_id, uses } = values
  if (kind === 'points') return { kind, points: points || 1 }
  if (kind === 'item' && item_id) return { kind, item_id }
  if (kind === 'coupon' && coupon_definition_id) return { kind, coupon_definition_id }
  if (kind === 'privilege' && privilege_id) return { kind, privilege_id, uses: uses || 1 }
  return { kind: 'none' }
}

interface RewardFieldsProps {
  values: RewardValues
  onChange: (values: RewardValues) => void
  label: string
  error: string | undefined
  /** Can nothing be given? */
  has_none: boolean
  /** Tells fields of several rewards apart. */
  name?: string
}

export function RewardFields({ values, onChange, label, error, has_none, name = 'reward' }: RewardFieldsProps) {
  const { t, language } = useTexts()
  const items = useCall('GET /v1/admin/gift-items').data?.data ?? []
  const coupons = useCall('GET /v1/admin/coupon-definitions').data?.data ?? []
  const privileges = useCall('GET /v1/admin/privileges').data?.data ?? []
  const { kind } = values
  const shelf = { points: 1, none: has_none ? 1 : 0, item: items.length, coupon: coupons.length }
  const count: Record<Kind, number> = { ...shelf, privilege: privileges.length, plan_days: 0 }
  const offered = (['points', 'item', 'coupon', 'privilege', 'plan_days', 'none'] as const).filter(
    (one) => one === kind || count[one] > 0,
  )
  const field = <Key extends keyof RewardValues>(key: Key) => ({
    name: `${name}_${key}`,
    value: values[key],
    // mended as soon as it is chosen
    error: key.endsWith('_id') && !isRewardSaid(values) ? error : undefined,
    onChange: (value: RewardValues[Key]) => onChange({ ...values, [key]: value }),
  })
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
      <ChoiceField
        field={alwaysChosen(field('kind'))}
        label={label}
        choices={offered.map((value) => ({ value, label: t(`gifts:rewards.${value}`) }))}
      />
      {kind === 'points' && <PointsField field={field('points')} label={t('gifts:rewards.pointsLabel')} min={1} />}
      {kind === 'item' && (
        <ChoiceField
          field={field('item_id')}
          label={t('gifts:rewards.itemLabel')}
          consequence={
            items.some((one) => one.item_id === values.item_id && one.fulfilment === 'code')
              ? t('gifts:rewards.partnerHint')
              : undefined
          }
          choices={items.map(({ item_id, names }) => ({ value: item_id, label: nameIn(names, language, item_id) }))}
          required
        />
      )}
      {kind === 'coupon' && (
        <ChoiceField
          field={field('coupon_definition_id')}
          label={t('gifts:rewards.couponLabel')}
          choices={coupons.map((one) => ({ value: one.coupon_definition_id, label: one.name }))}
          required
        />
      )}
      {kind === 'privilege' && (
        <>
          <ChoiceField
            field={field('privilege_id')}
            label={t('gifts:rewards.privilegeLabel')}
            choices={privileges.map(({ privilege_id, names }) => ({
              value: privilege_id,
              label: nameIn(names, language, privilege_id),
            }))}
            required
          />
          <NumberField field={field('uses')} label={t('gifts:rewards.uses')} min={1} max={1_000} />
        </>
      )}
    </SimpleGrid>
  )
}

/** A reward as a phrase with its name: "50 points", "Cup", "code of a partner: A month of films". */
export function useRewardName(): (reward: AnyReward) => string {
  const { t, language } = useTexts()
  const format = useFormat()
  const items = useCall('GET /v1/admin/gift-items').data?.data
  const coupons = useCall('GET /v1/admin/coupon-definitions').data?.data
  const privileges = useCall('GET /v1/admin/privileges').data?.data
  return (reward) => {
    switch (reward.kind) {
      case 'none':
        return t('gifts:rewards.none')
      case 'points':
        return t('gifts:rewards.pointsGiven', { points: format.points(reward.points) })
      case 'coupon': {
        const coupon = coupons?.find((one) => one.coupon_definition_id === reward.coupon_definition_id)
        return coupon ? t('gifts:rewards.couponNamed', { coupon: coupon.name }) : t('gifts:rewards.couponGiven')
      }
      case 'item': {
        const found = items?.find((one) => one.item_id === reward.item_id)
        const item = nameIn(found?.names, language, t('gifts:rewards.item'))
        return t(found?.fulfilment === 'code' ? 'gifts:rewards.partnerGiven' : 'gifts:rewards.itemGiven', { item })
      }
      case 'privilege': {
        const found = privileges?.find((one) => one.privilege_id === reward.privilege_id)
        const privilege = nameIn(found?.names, language, t('gifts:rewards.privilege'))
        return t('gifts:rewards.privilegeGiven', { privilege, count: reward.uses })
      }
      case 'plan_days':
        return t('gifts:rewards.plan_daysGiven', { count: reward.days })
    }
  }
}
