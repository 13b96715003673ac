/** One item of the catalogue: what it is, how many are there, its codes. */
import { Button, Group, NumberInput, Stack, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import { usePathParam } from '../../kit/address.ts'
import { call, touch } from '../../kit/call.ts'
import { Door, useGo } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { nameIn, useTexts } from '../../kit/i18n.ts'
import { Page, Section } from '../../kit/page.tsx'
import { BlockSkeleton, Failed, Refused } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import { ItemForm } from './item-form.tsx'
import type { Item } from './table.tsx'
import { VersionsPart } from './versions-part.tsx'

export default function GiftPage() {
  const { t, language } = useTexts()
  const may = useMay()
  const go = useGo()
  const item_id = usePathParam('item_id')
  const read = useCall('GET /v1/admin/gift-items/:item_id', { params: { item_id } })
  const item = read.data
  return (
    <Page
      title={item ? nameIn(item.names, language, '') : t('gifts:title')}
      above={[{ title: t('gifts:title'), to: '/gifts' }]}
      width="narrow"
      actions={
        <Button component={Door} to={`/gifts/given?item_id=${item_id}`} variant="default">
          {t('gifts:givenTitle')}
        </Button>
      }
    >
      {!item &&
        (read.isError ? (
          <Failed error={read.error} retry={() => void read.refetch()} />
        ) : (
          <BlockSkeleton height={420} />
        ))}
      {item && may('gifts:write') && item.stock !== 'none' && item.fulfilment !== 'code' && (
        <StockPart key={JSON.stringify(item.heaps)} item={item} />
      )}
      {item && may('gifts:write') && item.fulfilment === 'code' && <CodesPart item={item} />}
      {item && (
        <Section>
          <ItemForm item={item} saved={() => go('/gifts')} />
        </Section>
      )}
      {item && <VersionsPart item_id={item_id} />}
    </Page>
  )
}

/** One heap, or one in each store: what is there now is what people count. */
function StockPart({ item }: { item: Item }) {
  const { t } = useTexts()
  const stores = useCall('GET /v1/admin/stores').data?.data ?? []
  const [typed, setTyped] = useState<Record<string, number>>({})
  const [error, setError] = useState<unknown>(null)
  const places: { store_id: string | null; name: string }[] =
    item.stock === 'total' ? [{ store_id: null, name: t('gifts:everywhere') }] : stores
  const leftAt = (store_id: string | null) => {
    const heap = item.heaps.find((one) => one.store_id === store_id)
    return heap ? heap.quantity - heap.taken : 0
  }
  const save = async () => {
    setError(null)
    const heaps = places
      .filter(({ store_id }) => typed[store_id ?? ''] !== undefined)
      .map(({ store_id }) => ({ store_id, left: typed[store_id ?? '']! }))
    try {
      await call('PUT /v1/admin/gift-items/:item_id/stock', { params: { item_id: item.item_id }, body: { heaps } })
      await touch('gift-items')
    } catch (thrown) {
      setError(thrown)
    }
  }
  return (
    <Section title={t('gifts:stockTitle')} hint={t('gifts:stockHint')}>
      <Stack gap="sm">
        <Group gap="md" align="flex-end">
          {places.map(({ store_id, name }) => (
            <NumberInput
              key={store_id ?? ''}
              label={name}
              w={150}
              min={0}
              allowDecimal={false}
              value={typed[store_id ?? ''] ?? leftAt(store_id)}
              onChange={(value) => setTyped({ ...typed, [store_id ?? '']: Math.max(0, Number(value) || 0) })}
            />
          ))}
          <Button variant="default" disabled={Object.keys(typed).length === 0} onClick={() => void save()}>
            {t('gifts:stockSave')}
          </Button>
        </Group>
        {error ? <Refused error={error} /> : null}
      </Stack>
    </Section>
  )
}

function CodesPart({ item }: { item: Item }) {
  const { t } = useTexts()
  const format = useFormat()
  const [text, setText] = useState('')
  const [added, setAdded] = useState<number | null>(null)
  const [error, setError] = useState<unknown>(null)
  const codes = text.split('\n').filter((code) => code.trim())
  const add = async () => {
    setError(null)
    try {
      const params = { item_id: item.item_id }
      setAdded((await call('POST /v1/admin/gift-items/:item_id/codes', { params, body: { codes } })).added)
      setText('')
      await touch('gift-items')
    } catch (thrown) {
      setError(thrown)
    }
  }
  return (
    <Section title={t('gifts:codesTitle')} hint={`${t('gifts:left')}: ${format.number(item.left ?? 0)}`}>
      <Stack gap="sm">
        <Textarea
          label={t('gifts:codesTitle')}
          description={t('gifts:codesHint')}
          rows={5}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Group>
          <Button variant="default" disabled={codes.length === 0} onClick={() => void add()}>
            {t('gifts:codesAdd')}
          </Button>
          {added !== null && (
            <Text size="sm" role="status">
              {t('gifts:codesAdded', { count: added, codes: format.number(added) })}
            </Text>
          )}
        </Group>
        {error ? <Refused error={error} /> : null}
      </Stack>
    </Section>
  )
}
