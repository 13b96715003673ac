/** The one sentence: how many members are really yours, and what they bring. Each number opens them. */
import { Box, Text, Tooltip } from '@mantine/core'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Icon } from '../../kit/icons.tsx'
import { Sentence } from '../../kit/sentence.tsx'
import { Failed, TextSkeleton } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { all, inStates, peopleAddress, reachable } from '../people.ts'

/** Who can be reached and buys within their rhythm. */
const oursCondition = all(reachable, inStates('new', 'active', 'back'))

export function OursSentence() {
  const { t } = useTexts()
  const format = useFormat()
  const read = useCall('GET /v1/admin/reports/ours')
  const ours = read.data
  if (read.isError && !ours) return <Failed error={read.error} retry={() => void read.refetch()} />
  if (!ours) return <TextSkeleton lines={2} />
  if (ours.members === 0) return <Text c="dimmed">{t('reports:oursNone')}</Text>
  const people = peopleAddress(oursCondition)
  const lead = t('reports:oursLead', {
    count: ours.ours,
    members: format.number(ours.members),
    ours: format.number(ours.ours),
  })
  const share =
    ours.sales_share === null
      ? t('reports:oursShareNone')
      : t('reports:oursShare', { share: format.percent(ours.sales_share) })
  return (
    <Box component="span">
      <Sentence text={lead} doors={{ members: '/members?kind=member', ours: people }} />
      <Sentence text={share} doors={{ share: people }} />{' '}
      <Tooltip label={t('reports:oursDefinition')}>
        <Box
          component="span"
          tabIndex={0}
          role="note"
          aria-label={t('reports:oursDefinition')}
          c="dimmed"
          style={{ verticalAlign: '-3px', display: 'inline-block', lineHeight: 0 }}
        >
          <Icon name="info" size={16} />
        </Box>
      </Tooltip>
    </Box>
  )
}
