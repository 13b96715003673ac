/** What a member has in points, lot by lot in the order in which they are spent. */
import { Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useAddress } from '../../kit/address.ts'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Figure, Section } from '../../kit/page.tsx'
import { useMay } from '../session.tsx'
import { dayOf, type Profile } from './detail-page.tsx'
import classes from './members.module.css'

/** Lots shown at once: those that matter next. */
const lotsShown = 5

export function PointsPart({ profile }: { profile: Profile }) {
  const { t } = useTexts()
  const format = useFormat()
  const may = useMay()
  const [, setAddress] = useAddress()
  const { points, member } = profile
  const lots = profile.lots.filter((lot) => lot.remaining > 0)
  const adjust = may('points:write') && member.kind === 'member' && (
    <Button size="xs" variant="default" onClick={() => setAddress({ do: 'adjust' })}>
      {t('members:pointsPart.adjust')}
    </Button>
  )
  return (
    <Section title={t('members:pointsPart.title')} aside={adjust}>
      <Stack gap="sm">
        <Group gap="xl" align="flex-end">
          <Figure label={t('members:pointsPart.active')} value={format.points(points.active)} />
          {points.pending > 0 && (
            <Text size="sm" c="dimmed">
              {t('members:pointsPart.pending', { points: format.points(points.pending) })}
            </Text>
          )}
          {points.debt > 0 && (
            <Text size="sm" c="var(--rg-bad)">
              {t('members:pointsPart.debt', { points: format.points(points.debt) })}
            </Text>
          )}
        </Group>
        {lots.length > 0 && <Lots lots={lots} />}
        <Text size="sm" c="dimmed">
          {t('members:pointsPart.totals', {
            earned: format.points(points.earned_total),
            spent: format.points(points.spent_total),
            expired: format.points(points.expired_total),
          })}
        </Text>
      </Stack>
    </Section>
  )
}

function Lots({ lots }: { lots: Profile['lots'] }) {
  const { t } = useTexts()
  const format = useFormat()
  const [isOpen, setOpen] = useState(false)
  const shown = isOpen ? lots : lots.slice(0, lotsShown)
  const hidden = lots.length - shown.length
  return (
    <>
      <table className={classes.lots}>
        <caption className="rg-hidden">{t('members:pointsPart.batch')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('members:pointsPart.earned')}</th>
            <th scope="col">{t('members:pointsPart.expires')}</th>
            <th scope="col">{t('members:points')}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((lot) => (
            <tr key={lot.lot_id}>
              <td>{format.day(dayOf(lot.earned_at, format))}</td>
              <td>
                {lot.status === 'pending' && lot.activates_on
                  ? t('members:pointsPart.waits', { day: format.day(lot.activates_on) })
                  : lot.expires_on
                    ? format.day(lot.expires_on)
                    : t('members:pointsPart.never')}
              </td>
              <td>
                {lot.remaining === lot.granted
                  ? format.points(lot.remaining)
                  : t('members:pointsPart.left', {
                      left: format.points(lot.remaining),
                      granted: format.points(lot.granted),
                    })}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {hidden > 0 && (
        <button type="button" className={classes.why} onClick={() => setOpen(true)}>
          {t('members:pointsPart.more', { count: hidden })}
        </button>
      )}
    </>
  )
}
