/** The card in the phone's own wallet: buttons only for those that the brand has set up and the phone can use. */
import { useState } from 'react'
import { brandHere } from '../kit/brand.ts'
import { call } from '../kit/call.ts'
import { useTexts } from '../kit/i18n.ts'
import { Button, Problem, Section } from './parts.tsx'

/** Apple's passes open on Apple's devices; a computer of another make can do nothing with them. */
const isApple = /iPhone|iPad|Macintosh/.test(navigator.userAgent)

export function Wallets() {
  const { t } = useTexts()
  const [error, setError] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const shown = brandHere.wallets.filter((wallet) => (wallet === 'apple') === isApple || wallet === 'google')
  if (shown.length === 0) return null
  const toGoogle = async () => {
    setBusy(true)
    setError(null)
    try {
      const { url } = await call('POST /v1/portal/wallets/google')
      window.location.assign(url)
    } catch (thrown) {
      setError(thrown)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Section title={t('portal:wallet.title')}>
      <div className="stack">
        {shown.map((wallet) =>
          wallet === 'apple' ? (
            <a key={wallet} className="button wallet" href="/v1/portal/wallets/apple">
              {t('portal:wallet.apple')}
            </a>
          ) : (
            <Button key={wallet} disabled={isBusy} onClick={() => void toGoogle()}>
              {t('portal:wallet.google')}
            </Button>
          ),
        )}
        <Problem error={error} asked="tap" />
      </div>
    </Section>
  )
}
