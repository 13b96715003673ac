/** Passing a coupon or a gift on, or inviting to a pool: a link to send, as long as nobody has accepted it. */
import { useState } from 'react'
import { call, touch } from '../kit/call.ts'
import { useFormat } from '../kit/format.ts'
import { useTexts } from '../kit/i18n.ts'
import type { Home } from './app.tsx'
import { Button, Dialog, Field, Problem } from './parts.tsx'

type Pass = NonNullable<Home['coupons'][number]['pass']>

type Kind = 'coupon' | 'gift' | 'pool'

interface PassOnProps {
  kind: Kind
  id: string
  name: string
  /** The link that is out. */
  pass: Pass | null
}

export function PassOn({ kind, id, name, pass }: PassOnProps) {
  const { t } = useTexts()
  const [shown, setShown] = useState<Pass | null>(null)
  const [error, setError] = useState<unknown>(null)
  const act = async (work: () => Promise<Pass | null>) => {
    setError(null)
    try {
      setShown(await work())
      await touch('home', 'gifts', 'pool')
    } catch (thrown) {
      setError(thrown)
    }
  }
  const make = () => act(async () => (await call('POST /v1/portal/passes', { body: { kind, id } })) as Pass)
  const takeBack = ({ pass_id }: Pass) =>
    act(async () => {
      await call('DELETE /v1/portal/passes/:pass_id', { params: { pass_id } })
      return null
    })
  const words = useWords(kind)
  return (
    <div className="row">
      <span className="muted">{pass ? words.open : ''}</span>
      <Button
        kind={kind === 'pool' ? 'main' : 'bare'}
        aria-label={`${words.act} ${name}`}
        onClick={() => void make()}
      >
        {words.act}
      </Button>
      {shown ? (
        <Dialog title={words.title(name)} close={() => setShown(null)}>
          <Link pass={shown} name={name} lead={words.lead} />
          <Button kind="danger" onClick={() => void takeBack(shown)}>
            {t('portal:pass.takeBack')}
          </Button>
          <Problem error={error} asked="tap" />
        </Dialog>
      ) : (
        <Problem error={error} asked="tap" />
      )}
    </div>
  )
}

function useWords(kind: Kind) {
  const { t } = useTexts()
  return kind === 'pool'
    ? {
        act: t('portal:pool.invite'),
        open: t('portal:pool.open'),
        lead: t('portal:pool.inviteLead'),
        title: (name: string) => t('portal:pool.inviteTitle', { name }),
      }
    : {
        act: t('portal:pass.act'),
        open: t('portal:pass.open'),
        lead: t('portal:pass.lead'),
        title: (name: string) => t('portal:pass.title', { name }),
      }
}

function Link({ pass, name, lead }: { pass: Pass; name: string; lead: string }) {
  const { t } = useTexts()
  const format = useFormat()
  const [isCopied, setCopied] = useState(false)
  const url = new URL(pass.path, window.location.href).href
  const copy = () => void navigator.clipboard?.writeText(url).then(() => setCopied(true))
  // a phone has its own way to hand a link to a friend
  const share = 'share' in navigator ? () => void navigator.share({ title: name, url }).catch(() => undefined) : null
  return (
    <>
      <p>{lead}</p>
      <Field label={t('portal:pass.link')} readOnly value={url} onFocus={(event) => event.target.select()} />
      <small className="muted">{t('portal:pass.until', { at: format.moment(pass.expires_at) })}</small>
      {share ? (
        <Button kind="main" onClick={share}>
          {t('portal:pass.share')}
        </Button>
      ) : null}
      <Button kind={share ? 'plain' : 'main'} onClick={copy}>
        {t(isCopied ? 'portal:pass.copied' : 'portal:pass.copy')}
      </Button>
    </>
  )
}
