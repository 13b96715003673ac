/** What a card is called, asks for and gives; the picture beside it shows it at every key. */
import { Grid, SimpleGrid, Text, UnstyledButton } from '@mantine/core'
import { call, touch } from '../../kit/call.ts'
import { useGo } from '../../kit/door.tsx'
import { TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useFormat } from '../../kit/format.ts'
import { languages, nameIn, useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { useForm, type Form } from '../../kit/use-form.ts'
import { useSession } from '../session.tsx'
import { beginning, ruleOf, valuesOf, type CardValues } from './card-values.ts'
import styles from './cards.module.css'
import { CardPicture } from './picture.tsx'
import { SessionsFields } from './sessions-fields.tsx'
import { StampFields } from './stamp-fields.tsx'
import { ValueFields } from './value-fields.tsx'
import { useCardSentence, type Card } from './words.ts'

export function CardForm({ card }: { card: Pick<Card, 'card_definition_id' | 'names' | 'rule'> | null }) {
  const { t, language } = useTexts()
  const go = useGo()
  const format = useFormat()
  const unit = 10 ** format.currency_decimals
  const sentence = useCardSentence()
  let made = card ? `/cards/${card.card_definition_id}` : '/cards'
  const form = useForm<CardValues>({
    initial: card ? valuesOf(card, unit) : beginning(unit),
    check: ({ names, kind, reward, item_id, coupon_definition_id }): Record<string, string> => {
      const missing = (reward === 'item' && !item_id) || (reward === 'coupon' && !coupon_definition_id)
      return {
        ...(Object.values(names).some((name) => name.trim()) ? {} : { '/names': t('cards:form.needName') }),
        ...(kind === 'stamps' && missing ? { '/reward': t('cards:form.needReward') } : {}),
      }
    },
    save: async (values) => {
      const names = Object.fromEntries(Object.entries(values.names).filter(([, name]) => name.trim()))
      const body = { names, rule: ruleOf(values, card?.rule ?? null) }
      const saved = card
        ? await call('PATCH /v1/admin/cards/:card_definition_id', {
            params: { card_definition_id: card.card_definition_id },
            body,
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
            <Names form={form} />
            {values.kind === 'stamps' && <StampFields form={form} />}
            {values.kind === 'value' && <ValueFields form={form} />}
            {values.kind === 'sessions' && <SessionsFields form={form} />}
          </FormFrame>
        </Section>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 5 }} order={{ base: 1, md: 2 }}>
        <div className={styles['beside']}>
          <Section title={t('cards:picture')}>
            <CardPicture rule={rule} name={nameIn(values.names, language, '')} />
            <Text size="sm" c="dimmed" mt="md">
              {sentence(rule)}
            </Text>
          </Section>
        </div>
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

function Names({ form }: { form: Form<CardValues> }) {
  const { t } = useTexts()
  const { program } = useSession()
  const spoken = program?.languages ?? languages.map(({ code }) => code)
  const { names } = form.values
  return (
    <SimpleGrid cols={{ base: 1, sm: Math.min(3, spoken.length) }}>
      {spoken.map((code, i) => (
        <TextField
          key={code}
          label={t('cards:form.nameIn', { language: languages.find((one) => one.code === code)?.name ?? code })}
          maxLength={60}
          field={{
            name: `names_${code}`,
            value: names[code] ?? '',
            error: i === 0 ? form.errorAt('/names') : undefined,
            onChange: (name) => form.set({ names: { ...names, [code]: name } }),
          }}
        />
      ))}
    </SimpleGrid>
  )
}
