/** How does the brand look in both apps and in a wallet? */
import { Button, SimpleGrid, Stack } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { call, touch, type Answer } from '../../kit/call.ts'
import { Door } from '../../kit/door.tsx'
import { LongTextField, TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { languages, useTexts, type Language } from '../../kit/i18n.ts'
import { Page, Section } from '../../kit/page.tsx'
import { BlockSkeleton, Failed, Notice } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useForm, type Form } from '../../kit/use-form.ts'
import { useMay } from '../session.tsx'
import { BrandColours, type Judged } from './brand-colours.tsx'
import { BrandPictures } from './brand-pictures.tsx'
import { BrandPreview } from './brand-preview.tsx'
import classes from './brand.module.css'

export type Brand = Answer<'GET /v1/admin/brand'>

type TextKey = 'greeting' | 'terms_url' | 'help'
type TextField = `${TextKey}/${Language}`
export interface BrandValues extends Record<TextField, string> {
  name: string
  main_colour: string
  /** Empty: by itself. */
  on_colour: string
}

const textKeys: readonly TextKey[] = ['greeting', 'terms_url', 'help']
const fields = textKeys.flatMap((key) => languages.map(({ code }) => [key, code] as const))
/** A colour is judged when the hand rests. */
const rest_ms = 120
const isColour = (text: string) => /^#[0-9a-f]{6}$/.test(text)

function valuesOf(brand: Brand): BrandValues {
  const texts = fields.map(([key, code]) => [`${key}/${code}`, brand.texts[key][code] ?? ''])
  return {
    name: brand.name,
    main_colour: brand.main_colour,
    on_colour: brand.on_colour ?? '',
    ...(Object.fromEntries(texts) as Record<TextField, string>),
  }
}

function textsOf(values: BrandValues): Brand['texts'] {
  const of = (key: TextKey) =>
    Object.fromEntries(
      languages.map(({ code }) => [code, values[`${key}/${code}`].trim()] as const).filter(([, text]) => text),
    )
  return { greeting: of('greeting'), terms_url: of('terms_url'), help: of('help') }
}

export default function BrandPage() {
  const { t } = useTexts()
  const read = useCall('GET /v1/admin/brand')
  return (
    <Page
      title={t('brand:title')}
      question={t('brand:question')}
      above={[{ title: t('program:title'), to: '/program' }]}
      actions={
        <Button component={Door} to="/program/passes" variant="default">
          {t('brand:passes')}
        </Button>
      }
    >
      {read.data ? (
        <Inside brand={read.data} />
      ) : read.isError ? (
        <Failed error={read.error} retry={() => void read.refetch()} />
      ) : (
        <BlockSkeleton height={480} />
      )}
    </Page>
  )
}

function Inside({ brand }: { brand: Brand }) {
  const { t } = useTexts()
  const writes = useMay()('program:write')
  const form = useForm<BrandValues>({
    initial: valuesOf(brand),
    check: ({ name }): Record<string, string> => (name.trim() ? {} : { '/name': t('program:needName') }),
    save: async (values) => {
      const { name, main_colour, on_colour } = values
      const body = { name, main_colour, on_colour: on_colour || null, texts: textsOf(values) }
      await call('PATCH /v1/admin/brand', { body })
      await touch('brand', 'program', 'session')
    },
  })
  const judged = useJudged(form.values, brand)
  return (
    <div className={classes.sides}>
      <Stack gap="md">
        {!writes && <Notice>{t('program:mayNot')}</Notice>}
        <FormFrame form={form} locked={!writes} disabled={!judged.passes}>
          <Section title={t('brand:colours')} hint={t('brand:coloursHint')}>
            <Stack gap="md">
              <TextField field={form.field('name')} label={t('program:name')} maxLength={100} required />
              <BrandColours form={form} judged={judged} />
            </Stack>
          </Section>
          <Section title={t('brand:texts')} hint={t('brand:textsHint')}>
            <Words form={form} />
          </Section>
        </FormFrame>
        <Section title={t('brand:pictures')} hint={t('brand:picturesHint')}>
          <BrandPictures brand={brand} disabled={!writes} />
        </Section>
      </Stack>
      <BrandPreview brand={brand} values={form.values} judged={judged} />
    </div>
  )
}

/** What the colours under the hand come to; the last answer stays while the next is asked for. */
function useJudged({ main_colour, on_colour }: BrandValues, brand: Brand): Judged {
  const [wanted] = useDebouncedValue(JSON.stringify({ main_colour, on_colour: on_colour || null }), rest_ms)
  const body = JSON.parse(wanted) as { main_colour: string; on_colour: string | null }
  const enabled = isColour(body.main_colour) && (body.on_colour === null || isColour(body.on_colour))
  const read = useCall('POST /v1/admin/brand/colours', { body }, { enabled })
  const none = { contrast: null, contrast_min: 4.5, passes: true, nearest_on: '', nearest_main: '' }
  return read.data ?? { ...none, schemes: brand.schemes, logo_plates: brand.logo_plates }
}

function Words({ form }: { form: Form<BrandValues> }) {
  const { t } = useTexts()
  return (
    <Stack gap="md">
      {textKeys.map((key) => (
        <SimpleGrid key={key} cols={{ base: 1, sm: 3 }} verticalSpacing="xs">
          {languages.map(({ code, name }) => {
            const shared = {
              field: { ...form.field(`${key}/${code}`), error: form.errorAt(`/texts/${key}/${code}`) },
              label: t('brand:textIn', { text: t(`brand:text.${key}`), language: name }),
            }
            return key === 'help' ? (
              <LongTextField key={code} {...shared} rows={2} />
            ) : (
              <TextField
                key={code}
                {...shared}
                maxLength={200}
                {...(key === 'terms_url' ? { type: 'url' as const } : {})}
              />
            )
          })}
        </SimpleGrid>
      ))}
    </Stack>
  )
}
