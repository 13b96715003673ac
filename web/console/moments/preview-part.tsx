/** What the rule on screen would give in the next days, or would have given in the last, and to whom. */
import { List, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import type { Answer } from '../../kit/call.ts'
import { Door } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Figure, Section } from '../../kit/page.tsx'
import { typingPauseMs } from '../../kit/search-field.tsx'
import { Failed, TextSkeleton } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { isOfCalendar, type MomentRule } from './words.ts'

/** As many days as the server looks at, unless the moment has fewer left. */
const preview_days = 30
/** Of those named by the server, as many as stand beside a form. */
const shown_max = 8

/** `rule` null: not said whole yet. */
export function PreviewPart({ rule, moment_id }: { rule: MomentRule | null; moment_id: string | null }) {
  const { t } = useTexts()
  const format = useFormat()
  const [settled] = useDebouncedValue(JSON.stringify(rule), typingPauseMs)
  const asked = JSON.parse(settled) as MomentRule | null
  const read = useCall(
    'POST /v1/admin/moments/previews',
    { body: { rule: asked!, moment_id } },
    // figures of another rule would stand beside this one
    { enabled: asked !== null, keep: false },
  )
  const looks = rule && isOfCalendar(rule.when) ? 'ahead' : 'back'
  const found = asked ? read.data : undefined
  const title = t(`moments:preview.${looks}`, { days: format.number(found?.days ?? preview_days) })
  if (!asked || !found) {
    return (
      <Section title={title}>
        {!asked ? (
          <Text c="dimmed">{t('moments:preview.notYet')}</Text>
        ) : read.isError ? (
          <Failed error={read.error} retry={() => void read.refetch()} />
        ) : (
          <TextSkeleton lines={5} />
        )}
      </Section>
    )
  }
  return (
    <Section title={title} hint={t(`moments:preview.${looks}Hint`)}>
      <Stack gap="md" aria-live="polite">
        <Figure
          label={t('moments:preview.gifts')}
          value={format.number(found.gifts)}
          hint={found.gifts > 0 ? t('moments:preview.members', { members: format.number(found.members) }) : undefined}
        />
        <Figure label={t('moments:preview.cost')} value={format.money(found.cost_minor)} />
        {found.gifts === 0 ? (
          <Text size="sm" c="dimmed">
            {t('moments:preview.none')}
          </Text>
        ) : (
          <First found={found} />
        )}
      </Stack>
    </Section>
  )
}

function First({ found: { first, gifts } }: { found: Answer<'POST /v1/admin/moments/previews'> }) {
  const { t } = useTexts()
  const format = useFormat()
  const rest = gifts - Math.min(first.length, shown_max)
  return (
    <div>
      <Text size="sm" c="dimmed" mb={4}>
        {t('moments:preview.first')}
      </Text>
      <List size="sm" spacing={4} listStyleType="none">
        {first.slice(0, shown_max).map((one) => (
          <List.Item key={`${one.member_id} ${one.occurs_on}`}>
            <Door to={`/members/${one.member_id}`} className="rg-door">
              {one.display_name || t('members:unnamed')}
            </Door>{' '}
            <Text span size="sm" c="dimmed">
              {format.day(one.given_on)}
            </Text>
          </List.Item>
        ))}
      </List>
      {rest > 0 && (
        <Text size="sm" c="dimmed" mt={4}>
          {t('moments:preview.rest', { count: rest })}
        </Text>
      )}
    </div>
  )
}
