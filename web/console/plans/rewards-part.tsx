/** What payments give beside the days, in order. */
import { Box, Button, Divider, SimpleGrid, Stack } from '@mantine/core'
import { alwaysChosen } from '../../kit/always-chosen.ts'
import { ChoiceField } from '../../kit/fields.tsx'
import { useTexts } from '../../kit/i18n.ts'
import type { Form } from '../../kit/use-form.ts'
import { RewardFields, rewardValuesOf } from '../reward-fields.tsx'
import type { GivenValues, PlanValues } from './values.ts'

export function RewardsPart({ form }: { form: Form<PlanValues> }) {
  const { t } = useTexts()
  const { rewards } = form.values
  const set = (place: number, changed: GivenValues | null) =>
    form.set({ rewards: rewards.flatMap((one, i) => (i !== place ? [one] : changed ? [changed] : [])) })
  const add = () => {
    const id = 1 + Math.max(-1, ...rewards.map((one) => one.id))
    form.set({ rewards: [...rewards, { id, on: 'start', reward: rewardValuesOf({ kind: 'points', points: 50 }) }] })
  }
  return (
    <Stack gap="md">
      {rewards.map((one, place) => (
        <Stack key={one.id} gap="sm" role="group" aria-label={t('plans:form.rewardIs')}>
          <RewardFields
            values={one.reward}
            onChange={(reward) => set(place, { ...one, reward })}
            label={t('plans:form.rewardIs')}
            error={form.errorAt(`/design/rewards/${place}/reward`)}
            has_none={false}
            name={`rewards_${place}`}
          />
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <ChoiceField
              field={alwaysChosen<GivenValues['on']>({
                name: `rewards_${place}_on`,
                value: one.on,
                error: undefined,
                onChange: (on) => set(place, { ...one, on }),
              })}
              label={t('plans:form.rewardOn')}
              choices={(['start', 'renewal', 'every'] as const).map((value) => ({
                value,
                label: t(`plans:rewardOn.${value}`),
              }))}
            />
          </SimpleGrid>
          <Box>
            <Button size="xs" variant="subtle" color="red" onClick={() => set(place, null)}>
              {t('plans:form.removeReward')}
            </Button>
          </Box>
          <Divider />
        </Stack>
      ))}
      <Box>
        <Button size="xs" variant="default" onClick={add}>
          {t('plans:form.addReward')}
        </Button>
      </Box>
    </Stack>
  )
}
