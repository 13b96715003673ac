/** Registers that send their receipts by themselves: under which source those of each store come. */
import { Autocomplete, Stack } from '@mantine/core'
import { useState } from 'react'
import type { Row } from '../../kit/call.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { Refused } from '../../kit/states.tsx'
import { useCall, useWrite } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'

type Register = Row<'GET /v1/admin/till-stores'>

export function Registers() {
  const { t } = useTexts()
  const read = useCall('GET /v1/admin/till-stores')
  if (!read.data || read.data.data.length === 0) return null
  const { data, sources } = read.data
  return (
    <Section title={t('till:registers')} hint={t('till:registersHint')}>
      <Stack gap="md">
        {data.map((store) => (
          <SourceField key={store.store_id} store={store} sources={sources} />
        ))}
      </Stack>
    </Section>
  )
}

/** Kept when the field is left or a known source is taken. */
function SourceField({ store, sources }: { store: Register; sources: readonly string[] }) {
  const { t } = useTexts()
  const writes = useMay()('program:write')
  const write = useWrite('PUT /v1/admin/till-stores/:store_id', { touches: ['till-stores', 'work'] })
  const [source, setSource] = useState(store.receipts_source ?? '')
  const keep = (wanted: string) => {
    const receipts_source = wanted.trim() || null
    if (receipts_source === store.receipts_source) return
    write.mutate({ params: { store_id: store.store_id }, body: { receipts_source } })
  }
  return (
    <>
      <Autocomplete
        label={store.name}
        placeholder={t('till:registersNone')}
        data={[...sources]}
        limit={20}
        maxLength={60}
        disabled={!writes}
        value={source}
        onChange={setSource}
        onOptionSubmit={keep}
        onBlur={() => keep(source)}
      />
      {write.error && <Refused error={write.error} />}
    </>
  )
}
