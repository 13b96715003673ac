/** A dialog that is open while the address says `do=<name>`: a link opens it, and going back closes it. */
import { Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { useAddress } from '../kit/address.ts'
import { useTexts } from '../kit/i18n.ts'

export function AddressDialog(props: { name: string; title: string; children: (close: () => void) => ReactNode }) {
  const { t } = useTexts()
  const [address, setAddress] = useAddress()
  const close = () => setAddress({ do: null })
  return (
    <Modal
      opened={address['do'] === props.name}
      onClose={close}
      title={props.title}
      closeButtonProps={{ 'aria-label': t('kit:close') }}
    >
      {props.children(close)}
    </Modal>
  )
}
