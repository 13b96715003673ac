/** Which sign-in code was sent to whom, while no channel carries letters out of the house? */
import { Stack, Text } from '@mantine/core'
import type { Row } from '../../kit/call.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Moment } from '../../kit/moment.tsx'
import { Page, PrimaryAction, Section } from '../../kit/page.tsx'
import { BlockSkeleton, Empty, Failed } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import classes from './brand.module.css'

/** Somebody waits for a code: it is looked for as often as a patient hand would. */
const every_ms = 2_000

export default function LettersPage() {
  const { t } = useTexts()
  const read = useCall('GET /v1/admin/portal/letters', {}, { every_ms })
  const letters = read.data?.data
  const openPortal = () => window.open('/portal/', '_blank', 'noreferrer')
  return (
    <Page
      title={t('brand:lettersTitle')}
      question={t('brand:lettersQuestion')}
      above={[{ title: t('program:title'), to: '/program' }]}
      width="narrow"
      answer={letters?.length ? t('brand:lettersAnswer', { count: letters.length }) : undefined}
      action={<PrimaryAction label={t('brand:openPortal')} onClick={openPortal} />}
    >
      {letters ? (
        letters.length === 0 ? (
          <Empty title={t('brand:lettersEmpty')} hint={t('brand:lettersEmptyHint')} />
        ) : (
          letters.map((letter) => <Letter key={letter.code_id} letter={letter} />)
        )
      ) : read.isError ? (
        <Failed error={read.error} retry={() => void read.refetch()} />
      ) : (
        <BlockSkeleton height={240} />
      )}
    </Page>
  )
}

function Letter({ letter }: { letter: Row<'GET /v1/admin/portal/letters'> }) {
  return (
    <Section title={letter.subject || letter.address} aside={<Moment at={letter.created_at} />}>
      <Stack gap={4}>
        {letter.subject && (
          <Text size="sm" c="dimmed">
            {letter.address}
          </Text>
        )}
        <Text className={classes.letter}>{letter.body}</Text>
      </Stack>
    </Section>
  )
}
