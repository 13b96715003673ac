/** The shape of a page whose code is on its way. */
import { Group, Skeleton, Stack } from '@mantine/core'
import { useTexts } from '../kit/i18n.ts'

export function PageSkeleton() {
  const { t } = useTexts()
  return (
    <Stack gap="lg" maw={1280} mx="auto" role="status" aria-label={t('kit:loading')}>
      <Group justify="space-between">
        <Skeleton h={28} w={220} />
        <Skeleton h={34} w={130} />
      </Group>
      <Skeleton h={18} w="60%" />
      <Skeleton h={420} radius="md" />
    </Stack>
  )
}
