/** A member's coupons. Stands on the member's page. */
import { Group, Stack, Text } from '@mantine/core'
import { Door } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import { CouponState } from './table.tsx'

/** Coupons shown: those that can be used come first. */
const couponsShown = 8

export function CouponsPart({ member_id }: { member_id: string }) {
  const { t } = useTexts()
  const format = useFormat()
  const may = useMay()
  const enabled = may('coupons:read')
  const read = useCall('GET /v1/admin/members/:member_id/coupons', { params: { member_id } }, { enabled })
  if (!enabled || !read.data) return null
  const rows = read.data.data
  return (
    <Section title={t('coupons:part')}>
      <Stack gap={6}>
        {rows.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('coupons:partNone')}
          </Text>
        )}
        {rows.slice(0, couponsShown).map((row) => (
          <Group key={row.coupon_id} justify="space-between" wrap="nowrap" gap="sm">
            <div>
              <Door to={`/coupons/${row.coupon_definition_id}`}>{row.name}</Door>
              <Text size="xs" c="dimmed">
                {[
                  row.code ?? '',
                  row.expires_on ? format.day(row.expires_on) : t('coupons:always'),
                  row.discount_minor > 0 ? t('coupons:saved', { amount: format.money(row.discount_minor) }) : '',
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </Text>
            </div>
            <CouponState state={row.state} />
          </Group>
        ))}
      </Stack>
    </Section>
  )
}
