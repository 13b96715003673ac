/** A code that allows one act beyond a clerk's limit: shown once, said across the counter. */
import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Refused } from '../../kit/states.tsx'
import { useWrite } from '../../kit/use-call.ts'

export function ApprovalDialog({ opened, close }: { opened: boolean; close: () => void }) {
  const { t } = useTexts()
  const format = useFormat()
  const make = useWrite('POST /v1/admin/till-approvals')
  const leave = () => {
    make.reset()
    close()
  }
  return (
    <Modal
      opened={opened}
      onClose={leave}
      title={t('till:approve')}
      closeButtonProps={{ 'aria-label': t('kit:close') }}
    >
      <Stack gap="md">
        <Text>{t('till:approveHint')}</Text>
        {make.data && (
          <div role="status">
            <Text fz={40} fw={650} ta="center" className="rg-figures">
              {`${make.data.approval.slice(0, 3)} ${make.data.approval.slice(3)}`}
            </Text>
            <Text ta="center" c="dimmed" size="sm">
              {t('till:approveUntil', { at: format.moment(make.data.expires_at) })}
            </Text>
          </div>
        )}
        {make.error && <Refused error={make.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={leave}>
            {t('kit:close')}
          </Button>
          <Button loading={make.isPending} onClick={() => make.mutate({})}>
            {t(make.data ? 'till:approveAgain' : 'till:approveDo')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
