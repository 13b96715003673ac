/** What a card is called, asks for and gives; the picture beside it shows it at every key. */
import { Grid, Stack, Text, UnstyledButton } from '@mantine/core'
import { call, touch } from '../../kit/call.ts'
import { useGo } from '../../kit/door.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useFormat } from '../../kit/format.ts'
import { nameIn, useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { useForm, type Form } from '../../kit/use-form.ts'
import { filledNames, NamesFields } from '../names-fields.tsx'
import { isRewardSaid } from '../reward-fields.tsx'
import { beginning, ruleOf, valuesOf, type CardValues } from './card-values.ts'
import styles from './cards.module.css'
import { CardPicture } from './picture.tsx'
import { LastMonth } from './last-month.tsx'
import { SessionsFields } from './sessions-fields.tsx'
import { TakesEffectField, useTakesEffect, useTakesEffectCheck } from '../takes-effect.tsx'
import { StampFields } from './stamp-fields.tsx'
import { ValueFields } from './value-fields.tsx'
import { useCardSentence, type Card } from './words.ts'

export function CardForm({ card }: { card: Pick<Card, 'card_definition_id' | 'names' | 'rule'> | null }) {
  const { t, language } = useTexts()
  const go = useGo()
  const format = useFormat()
  const unit = 10 ** format.currency_decimals
  const sentence = useCardSentence()
  const { bodyOf } = useTakesEffect()
  const checkTime = useTakesEffectCheck('effective')
  let made = card ? `/cards/${card.card_definition_id}` : '/cards'
  const form = useForm<CardValues>({
    initial: card ? valuesOf(card, unit) : beginning(unit),
    check: ({ names, kind, reward, effective }): Record<string, string> => ({
      ...checkTime(effective),
      ...(Object.values(names).some((name) => name.trim()) ? {} : { '/names': t('cards:form.needName') }),
      ...(kind === 'stamps' && !isRewardSaid(reward) ? { '/reward': t('gifts:rewards.need') } : {}),
    }),
    save: async (values) => {
      const body = { names: filledNames(values.names), rule: ruleOf(values, card?.rule ?? null) }
      const saved = card
        ? await call('PATCH /v1/admin/cards/:card_definition_id', {
            params: { card_definition_id: card.card_definition_id },
            body: { ...body, ...bodyOf(values.effective) },
          })
        : await call('POST /v1/admin/cards', { body })
      made = `/cards/${saved.card_definition_id}`
      await touch('cards')
    },
    saved: () => go(made),
  })
  const { values } = form
  const rule = ruleOf(values, card?.rule ?? null)
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 7 }} order={{ base: 2, md: 1 }}>
        <Section>
          <FormFrame form={form} cancel={() => go(made)} {...(card ? {} : { verb: t('cards:add') })}>
            {!card && <Kinds form={form} />}
            <NamesFields form={form} />
            {values.kind === 'stamps' && <StampFields form={form} />}
            {values.kind === 'value' && <ValueFields form={form} />}
            {values.kind === 'sessions' && <SessionsFields form={form} />}
            {card && <TakesEffectField field={form.field('effective')} consequence={t('cards:form.beginsHint')} />}
          </FormFrame>
        </Section>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 5 }} order={{ base: 1, md: 2 }}>
        <Stack gap="lg" className={styles['beside'] ?? ''}>
          <Section title={t('cards:picture')}>
            <CardPicture rule={rule} name={nameIn(values.names, language, '')} />
            <Text size="sm" c="dimmed" mt="md">
              {sentence(rule)}
            </Text>
          </Section>
          {rule.kind === 'stamps' && <LastMonth rule={rule} />}
        </Stack>
      </Grid.Col>
    </Grid>
  )
}

function Kinds({ form }: { form: Form<CardValues> }) {
  const { t } = useTexts()
  return (
    <div className={styles['kinds']} role="group" aria-label={t('cards:kind')}>
      {(['stamps', 'value', 'sessions'] as const).map((kind) => (
        <UnstyledButton
          key={kind}
          className={styles['kind']}
          aria-pressed={form.values.kind === kind}
          onClick={() => form.set({ kind })}
        >
          <Text fw={500}>{t(`cards:kinds.${kind}`)}</Text>
          <Text size="sm" c="dimmed">
            {t(`cards:kindHints.${kind}`)}
          </Text>
        </UnstyledButton>
      ))}
    </div>
  )
}
