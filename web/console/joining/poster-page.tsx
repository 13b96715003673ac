/** One poster: what it brings, its link, and itself to be printed. */
import { Button, CopyButton, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { usePathParam } from '../../kit/address.ts'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Figure, Page, PrimaryAction, Section } from '../../kit/page.tsx'
import { Qr } from '../../kit/qr.tsx'
import { BlockSkeleton, Failed } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useMay, useSession } from '../session.tsx'
import classes from './poster.module.css'
import { SourceForm, type Source } from './source-form.tsx'

export default function PosterPage() {
  const { t } = useTexts()
  const source_id = usePathParam('source_id')
  const read = useCall('GET /v1/admin/joining/sources/:source_id', { params: { source_id } })
  const above = [{ title: t('joining:title'), to: '/joining' }]
  if (!read.data) {
    return (
      <Page title={t('joining:title')} above={above}>
        {read.isError ? (
          <Failed error={read.error} retry={() => void read.refetch()} />
        ) : (
          <BlockSkeleton height={400} />
        )}
      </Page>
    )
  }
  return <Inside source={read.data} above={above} as_of={read.dataUpdatedAt} />
}

function Inside(props: { source: Source; above: { title: string; to: string }[]; as_of: number }) {
  const { source, above, as_of } = props
  const { t } = useTexts()
  const format = useFormat()
  const { program } = useSession()
  const writes = useMay()('program:write')
  const url = new URL(source.path ?? '/portal', window.location.href).href
  return (
    <Page
      title={source.name ?? source.code}
      question={[source.kind ? t(`joining:kinds.${source.kind}`) : null, source.store_name]
        .filter(Boolean)
        .join(' · ')}
      above={above}
      as_of={as_of}
      action={<PrimaryAction label={t('joining:print')} onClick={() => window.print()} />}
    >
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Stack gap="lg">
          <Section>
            <Group gap="xl">
              <Figure label={t('joining:joined_30_days')} value={format.number(source.joined_30_days)} />
              <Figure label={t('joining:joined')} value={format.number(source.joined)} />
              <Figure label={t('joining:bought')} value={format.number(source.bought)} />
            </Group>
          </Section>
          <Section title={t('joining:link')} hint={t('joining:linkHint')}>
            <Stack gap="xs">
              <Text style={{ overflowWrap: 'anywhere' }}>{url}</Text>
              <CopyButton value={url}>
                {({ copied, copy }) => (
                  <Button variant="default" onClick={copy} w="fit-content">
                    {t(copied ? 'joining:copied' : 'joining:copy')}
                  </Button>
                )}
              </CopyButton>
            </Stack>
          </Section>
          {writes && (
            <Section title={t('joining:change')}>
              <SourceForm source={source} />
            </Section>
          )}
        </Stack>
        <article className={classes.poster} aria-label={t('joining:poster')}>
          <div className={classes.brand}>{program?.name}</div>
          <p className={classes.call}>{t('joining:call')}</p>
          <Qr text={url} label={t('joining:qr', { url })} className={classes.code!} />
          <p className={classes.link}>{url}</p>
        </article>
      </SimpleGrid>
    </Page>
  )
}
