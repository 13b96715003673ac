/** The brand's two colours, judged while they are chosen: can what is written be read? */
import { Button, ColorInput, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { StateBadge } from '../../kit/badge.tsx'
import type { Answer } from '../../kit/call.ts'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import type { Form } from '../../kit/use-form.ts'
import type { BrandValues } from './brand-page.tsx'

export type Judged = Omit<Answer<'POST /v1/admin/brand/colours'>, 'contrast'> & {
  /** null: not judged yet. */
  contrast: number | null
}

/** Places to begin from, each readable. */
const swatches = ['#33261d', '#0b6e4f', '#1d3557', '#7b2d26', '#5b3a8c', '#c2461a', '#f2c14e', '#e8e1d6', '#111111']

export function BrandColours({ form, judged }: { form: Form<BrandValues>; judged: Judged }) {
  const { t } = useTexts()
  const colour = (name: 'main_colour' | 'on_colour') => ({
    name,
    format: 'hex' as const,
    withEyeDropper: false,
    value: form.values[name],
    error: form.errorAt(`/${name}`),
    onChange: (value: string) => form.set({ [name]: value.toLowerCase() }),
    inputWrapperOrder: ['label', 'input', 'description', 'error'] as ('label' | 'input' | 'description' | 'error')[],
  })
  return (
    <Stack gap="xs">
      <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
        <ColorInput
          {...colour('main_colour')}
          label={t('brand:mainColour')}
          description={t('brand:mainHint')}
          swatches={swatches}
          swatchesPerRow={9}
        />
        <ColorInput
          {...colour('on_colour')}
          label={t('brand:onColour')}
          description={t('brand:onHint')}
          placeholder={t('brand:onItself')}
          swatches={['#ffffff', '#fdf6ec', '#25211c', '#000000']}
        />
      </SimpleGrid>
      {judged.contrast !== null && <Verdict form={form} judged={judged} contrast={judged.contrast} />}
    </Stack>
  )
}

function Verdict({ form, judged, contrast }: { form: Form<BrandValues>; judged: Judged; contrast: number }) {
  const { t } = useTexts()
  const format = useFormat()
  const words = { contrast: format.number(contrast), least: format.number(judged.contrast_min) }
  return (
    <Stack gap="xs" aria-live="polite">
      <Group gap="xs">
        <StateBadge tone={judged.passes ? 'good' : 'bad'}>
          {t(judged.passes ? 'brand:readable' : 'brand:unreadable')}
        </StateBadge>
        <Text size="sm" c="dimmed">
          {t('brand:contrast', words)}
        </Text>
      </Group>
      {!judged.passes && (
        <Group gap="xs">
          <Mend colour={judged.nearest_on} words="brand:writeWith" use={(on_colour) => form.set({ on_colour })} />
          <Mend
            colour={judged.nearest_main}
            words="brand:paintWith"
            use={(main_colour) => form.set({ main_colour })}
          />
        </Group>
      )}
    </Stack>
  )
}

function Mend(props: {
  colour: string
  words: 'brand:writeWith' | 'brand:paintWith'
  use: (colour: string) => void
}) {
  const { t } = useTexts()
  const { colour, words, use } = props
  return (
    <Button size="xs" variant="default" onClick={() => use(colour)}>
      <svg width={14} height={14} aria-hidden="true" style={{ marginRight: 6 }}>
        <circle cx={7} cy={7} r={6.5} fill={colour} stroke="currentcolor" strokeOpacity={0.4} />
      </svg>
      {t(words, { colour })}
    </Button>
  )
}
