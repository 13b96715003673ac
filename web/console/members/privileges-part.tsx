/** What a member may, how often it is left and why; giving another privilege by hand. */
import { Group, Stack, Text } from '@mantine/core'
import { StateBadge } from '../../kit/badge.tsx'
import { call, touch } from '../../kit/call.ts'
import { useFormat } from '../../kit/format.ts'
import { nameIn, textOf, useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useTierNames } from '../points/rule-words.ts'
import { useMay } from '../session.tsx'
import { GiveOne } from './give-one.tsx'

export function PrivilegesPart({ member_id }: { member_id: string }) {
  const { t, language } = useTexts()
  const format = useFormat()
  const tierName = useTierNames()
  const gives = useMay()('privileges:write')
  const read = useCall('GET /v1/admin/members/:member_id/privileges', { params: { member_id } })
  const rows = read.data?.data ?? []
  if (!gives && rows.length === 0) return null
  const why = ({ code, params }: (typeof rows)[number]['why']) =>
    textOf(`privileges:whys.${code}`, code, {
      ...params,
      tier: params['tier'] ? tierName(String(params['tier'])) : '',
    })
  return (
    <Section title={t('privileges:title')}>
      <Stack gap="sm">
        {rows.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('privileges:memberNone')}
          </Text>
        )}
        {rows.map((row) => (
          <Group key={row.privilege_id} justify="space-between" gap="sm" wrap="nowrap" align="flex-start">
            <div>
              <Text size="sm">{nameIn(row.names, language, row.privilege_id)}</Text>
              <Text size="xs" c="dimmed">
                {why(row.why)}
              </Text>
            </div>
            <StateBadge tone={row.may ? 'good' : 'quiet'}>
              {!row.may
                ? t('privileges:left.none')
                : row.left === null
                  ? t('privileges:left.free')
                  : t('privileges:left.some', { count: row.left, left: format.number(row.left) })}
            </StateBadge>
          </Group>
        ))}
        {gives && <GivePrivilege member_id={member_id} />}
      </Stack>
    </Section>
  )
}

function GivePrivilege({ member_id }: { member_id: string }) {
  const { t, language } = useTexts()
  const all = useCall('GET /v1/admin/privileges').data?.data.filter((one) => one.status === 'active') ?? []
  const give = async (privilege_id: string) => {
    const body = { privilege_id, uses: 1 }
    await call('POST /v1/admin/members/:member_id/privileges', { params: { member_id }, body })
    await touch('privileges')
    return null
  }
  return (
    <GiveOne
      label={t('privileges:giveOnce')}
      verb={t('privileges:giveVerb')}
      choices={all.map((one) => ({ value: one.privilege_id, label: nameIn(one.names, language, one.privilege_id) }))}
      give={give}
    />
  )
}
