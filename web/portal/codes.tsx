/** The two codes of the card: a barcode that earns, and the one for paying, which turns while it is looked at. */
import { useEffect, useState } from 'react'
import { useTexts } from '../kit/i18n.ts'
import { Qr } from '../kit/qr.tsx'
import { useCall } from '../kit/use-call.ts'
import { barsOf } from './barcode.ts'
import { Button, Problem } from './parts.tsx'

/** A code turns every half minute and lives for two; that a till has taken it is seen after this at the latest. */
const turn_ms = 10_000
/** White beside the bars, in modules: EAN-13 asks for eleven. */
const bar_margin = 11

export function Codes({ plain, isOnline }: { plain: string; isOnline: boolean }) {
  const { t } = useTexts()
  const [wanted, setWanted] = useState<'earn' | 'spend'>('earn')
  return (
    <div className="codes">
      <div className="switch" role="group" aria-label={t('portal:card.title')}>
        {(['earn', 'spend'] as const).map((one) => (
          <button key={one} type="button" aria-pressed={wanted === one} onClick={() => setWanted(one)}>
            {t(`portal:card.${one}`)}
          </button>
        ))}
      </div>
      {wanted === 'earn' ? (
        <>
          <Bars code={plain} label={t('portal:card.earnCode', { code: plain })} />
          <p className="hint">{t('portal:card.earnHint')}</p>
        </>
      ) : isOnline ? (
        <SpendCode />
      ) : (
        <p className="hint">{t('portal:card.spendOffline')}</p>
      )}
    </div>
  )
}

function SpendCode() {
  const { t } = useTexts()
  const read = useCall('GET /v1/portal/code', {}, { every_ms: turn_ms, fresh_ms: 0 })
  const { data, refetch } = read
  const over_at = data?.is_used ? data.next_at : data?.valid_until
  const left = useSecondsLeft(data && { now: data.now, over_at: over_at! }, read.dataUpdatedAt)
  const isNextDue = data?.is_used === true && left <= 0
  useEffect(() => {
    if (isNextDue) void refetch()
  }, [isNextDue, refetch])
  if (read.isError && left <= 0) {
    return (
      <>
        <Problem error={read.error} asked="tap" />
        <Button onClick={() => void refetch()}>{t('portal:retry')}</Button>
      </>
    )
  }
  if (!data || left <= 0) return <div className="sheet waiting" aria-busy="true" />
  if (data.is_used) {
    return (
      <div className="sheet used">
        <p className="strong">{t('portal:card.used')}</p>
        <p>{t('portal:card.usedNext', { seconds: String(left) })}</p>
      </div>
    )
  }
  const { qr, digits } = data
  const spoken = `${digits.slice(0, -8)} ${digits.slice(-8, -4)} ${digits.slice(-4)}`
  return (
    <>
      <Qr className="sheet qr" text={qr} label={t('portal:card.spendCode', { code: spoken })} />
      <p className="spoken">{spoken}</p>
      <p className="hint">{t('portal:card.spendHint', { seconds: String(left) })}</p>
    </>
  )
}

/** By the server's clock: how long it said that what is shown lasts, less the time since it said so. */
function useSecondsLeft(code: { over_at: string; now: string } | undefined, arrived_ms: number): number {
  const [passed, setPassed] = useState(0)
  useEffect(() => {
    const began = performance.now()
    setPassed(0)
    const tick = setInterval(() => setPassed((performance.now() - began) / 1000), 1000)
    return () => clearInterval(tick)
  }, [arrived_ms])
  if (!code) return 0
  const whole = (new Date(code.over_at).getTime() - new Date(code.now).getTime()) / 1000
  return Math.max(0, Math.round(whole - passed))
}

function Bars({ code, label }: { code: string; label: string }) {
  const bars = barsOf(code)
  const path = [...bars].map((bar, x) => (bar === '1' ? `M${x + bar_margin} 4h1v30h-1z` : '')).join('')
  return (
    <svg
      className="sheet bars"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${bars.length + 2 * bar_margin} 46`}
      shapeRendering="crispEdges"
    >
      <path d={path} fill="#000" />
      <text x="50%" y="43" textAnchor="middle" fontSize="7.5" letterSpacing="1.2" fill="#000">
        {code}
      </text>
    </svg>
  )
}
