/** An order in the name of a company: who ordered, paid and uses it, to whom it counts, and why. */
import { Table, Text } from '@mantine/core'
import { Door } from '../../kit/door.tsx'
import { textOf, useTexts } from '../../kit/i18n.ts'
import type { Order } from './detail-page.tsx'

export function CompanyPart({ parties }: { parties: NonNullable<Order['parties']> }) {
  const { t } = useTexts()
  const credit = (name: string | null | undefined) => (name ? textOf(`companies:credits.${name}`, name) : '')
  const people = (['buyer', 'payer', 'user'] as const).flatMap((part) => {
    const id = parties[`${part}_id`]
    return id ? [{ part, id, name: parties[`${part}_name`] ?? t('members:unnamed') }] : []
  })
  const code = parties.why.codes[0]?.replace('company.', '') ?? ''
  const said = { wanted: credit(parties.why.params['wanted']), credited: credit(parties.why.params['credited']) }
  return (
    <>
      <Table withRowBorders={false} verticalSpacing={4} horizontalSpacing={0}>
        <Table.Tbody>
          <Table.Tr>
            <Table.Th scope="row" fw={400} c="dimmed">
              {t('companies:name')}
            </Table.Th>
            <Table.Td>
              <Door className="rg-door" to={`/companies/${parties.company_id}`}>
                {parties.company_name ?? t('companies:title')}
              </Door>
            </Table.Td>
          </Table.Tr>
          {people.map(({ part, id, name }) => (
            <Table.Tr key={part}>
              <Table.Th scope="row" fw={400} c="dimmed">
                {t(`companies:${part}`)}
              </Table.Th>
              <Table.Td>
                <Door className="rg-door" to={`/members/${id}`}>
                  {name}
                </Door>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Text size="sm" mt="xs">
        {textOf(`companies:whys.${code}`, code, said)}
      </Text>
    </>
  )
}
