/** What an item cost members before, costs now, and will cost: those to come can be called off. */
import { Group, Stack, Text } from '@mantine/core'
import { call, touch } from '../../kit/call.ts'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Moment } from '../../kit/moment.tsx'
import { Section } from '../../kit/page.tsx'
import { useCall } from '../../kit/use-call.ts'
import { CallOffButton, useCalledOff } from '../call-off.tsx'
import { useMay } from '../session.tsx'
import { usePrice } from './table.tsx'

export function VersionsPart({ item_id }: { item_id: string }) {
  const { t } = useTexts()
  const format = useFormat()
  const priceOf = usePrice()
  const writes = useMay()('gifts:write')
  const wasCalledOff = useCalledOff()
  const versions = useCall('GET /v1/admin/gift-items/:item_id/versions', { params: { item_id } }).data?.data ?? []
  // one version says nothing that the form does not
  if (versions.length < 2) return null
  const callOff = async (version: number) => {
    await call('POST /v1/admin/gift-items/:item_id/versions/:version/call-off', { params: { item_id, version } })
    await touch('gift-items')
  }
  return (
    <Section title={t('gifts:versions')}>
      <Stack gap="xs">
        {versions.map((one) => (
          <Group key={one.version} justify="space-between" gap="sm" wrap="nowrap">
            <div>
              <Text size="sm" fw={one.in_force ? 600 : 400}>
                {[
                  priceOf({ points: one.price_points, minor: one.price_minor }) || t('gifts:notForPoints'),
                  one.is_listed ? '' : t('gifts:hidden'),
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </Text>
              <Text size="xs" c="dimmed" component="div">
                {one.in_force && `${t('gifts:inForce')} · `}
                {one.is_coming && `${t('gifts:coming')} · `}
                {one.is_coming ? format.moment(one.effective_from) : <Moment at={one.effective_from} />} ·{' '}
                {t('gifts:cost')} {format.money(one.cost_minor)}
              </Text>
              {one.called_off_at && (
                <Text size="xs" c="dimmed">
                  {wasCalledOff(one)}
                </Text>
              )}
            </div>
            {one.is_coming && writes && <CallOffButton {...one} callOff={callOff} />}
          </Group>
        ))}
      </Stack>
    </Section>
  )
}
