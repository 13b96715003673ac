/** The brand's pictures: chosen from a file, cut to size in the browser, kept at once. */
import { Button, FileButton, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { Refused } from '../../kit/states.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { useWrite } from '../../kit/use-call.ts'
import type { Brand } from './brand-page.tsx'
import classes from './brand.module.css'
import { pictureKinds, sized, wantedSizes, type PictureKind } from './pictures.ts'

/** The address of a picture in its first size, or null. */
export function pictureOf(brand: Brand, kind: PictureKind): string | null {
  const found = brand.pictures[kind]?.[wantedSizes[kind][0]!.name]
  return found ? `/brand/pictures/${found.hash}.png` : null
}

export function BrandPictures({ brand, disabled }: { brand: Brand; disabled: boolean }) {
  return (
    <Stack gap="md">
      {pictureKinds.map((kind) => (
        <One key={kind} kind={kind} url={pictureOf(brand, kind)} disabled={disabled} />
      ))}
    </Stack>
  )
}

function One({ kind, url, disabled }: { kind: PictureKind; url: string | null; disabled: boolean }) {
  const { t } = useTexts()
  const put = useWrite('PUT /v1/admin/brand/pictures/:kind', { touches: ['brand'] })
  const remove = useWrite('DELETE /v1/admin/brand/pictures/:kind', { touches: ['brand'] })
  const [isUnreadable, setUnreadable] = useState(false)
  const take = async (file: File | null) => {
    if (!file) return
    setUnreadable(false)
    const pngs = await sized(file, kind).catch(() => null)
    if (pngs) await put.mutateAsync({ params: { kind }, body: { pngs } }).catch(() => undefined)
    else setUnreadable(true)
  }
  const error = put.error ?? remove.error
  return (
    <Group align="flex-start" gap="md" wrap="nowrap">
      <div className={classes[kind]}>{url && <img src={url} alt={t(`brand:picture.${kind}`)} />}</div>
      <Stack gap={4} flex={1}>
        <Text fw={500}>{t(`brand:picture.${kind}`)}</Text>
        <Text size="sm" c="dimmed">
          {t(`brand:pictureHint.${kind}`)}
        </Text>
        <Group gap="xs">
          <FileButton accept="image/png,image/jpeg,image/webp,image/svg+xml" onChange={(file) => void take(file)}>
            {(props) => (
              <Button {...props} size="xs" variant="default" disabled={disabled} loading={put.isPending}>
                {t('brand:choose')}
              </Button>
            )}
          </FileButton>
          {url && (
            <Button
              size="xs"
              variant="subtle"
              color="gray"
              disabled={disabled}
              loading={remove.isPending}
              onClick={() => remove.mutate({ params: { kind } })}
            >
              {t('brand:remove')}
            </Button>
          )}
        </Group>
        {isUnreadable && (
          <Text size="sm" c="red" role="alert">
            {t('brand:notAPicture')}
          </Text>
        )}
        {error && <Refused error={error} />}
      </Stack>
    </Group>
  )
}
