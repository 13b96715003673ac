/** By what I sign in: addresses, accounts elsewhere; adding one more, and making two cards one. */
import { useState } from 'react'
import { call, touch, type Answer } from '../kit/call.ts'
import { useTexts } from '../kit/i18n.ts'
import type { Program } from './app.tsx'
import { AddAddress } from './add-address.tsx'
import { Button, Dialog, Problem, Section } from './parts.tsx'

type Profile = Answer<'GET /v1/portal/profile'>

export function WaysPart({ program, profile }: { program: Program; profile: Profile }) {
  const { t } = useTexts()
  const [isAdding, setAdding] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const isOnly = profile.addresses.length + profile.accounts.length === 1
  const bound = new Set(profile.accounts.map(({ provider }) => provider))
  const nameOf = (provider: string) => program.accounts.find((one) => one.provider === provider)?.name ?? provider
  const act = async (work: () => Promise<unknown>) => {
    setError(null)
    try {
      await work()
    } catch (thrown) {
      setError(thrown)
    }
  }
  const bind = (provider: string) =>
    act(async () =>
      window.location.assign((await call('POST /v1/portal/accounts/:provider', { params: { provider } })).url),
    )
  const part = (provider: string) =>
    act(async () => {
      await call('DELETE /v1/portal/accounts/:provider', { params: { provider } })
      await touch('profile')
    })
  return (
    <Section title={t('portal:me.ways')}>
      <ul className="lines">
        {profile.addresses.map((one) => (
          <AddressLine key={`${one.kind} ${one.address}`} one={one} isOnly={isOnly} />
        ))}
        {profile.accounts.map(({ provider }) => (
          <li key={provider}>
            <div className="row">
              <span className="name">{t('portal:me.account', { name: nameOf(provider) })}</span>
              <Button
                kind="bare"
                aria-label={t('portal:me.part', { name: nameOf(provider) })}
                onClick={() => void part(provider)}
              >
                {t('portal:me.part', { name: nameOf(provider) })}
              </Button>
            </div>
          </li>
        ))}
      </ul>
      <div className="stack">
        {program.ways.length > 0 ? (
          <Button onClick={() => setAdding(true)}>{t('portal:me.addAddress')}</Button>
        ) : null}
        {program.accounts.map(({ provider, name }) =>
          bound.has(provider) ? null : (
            <Button key={provider} onClick={() => void bind(provider)}>
              {t('portal:me.bind', { name })}
            </Button>
          ),
        )}
      </div>
      <Problem error={error} asked="tap" />
      {isAdding ? (
        <Dialog title={t('portal:me.addAddress')} close={() => setAdding(false)}>
          <AddAddress program={program} />
        </Dialog>
      ) : null}
    </Section>
  )
}

/** An address, and letting go of it; not of the only way in. */
function AddressLine({ one, isOnly }: { one: Profile['addresses'][number]; isOnly: boolean }) {
  const { t } = useTexts()
  const [isParting, setParting] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const part = async () => {
    setError(null)
    try {
      await call('POST /v1/portal/addresses/removals', { body: one })
      await touch('profile')
    } catch (thrown) {
      setError(thrown)
    }
  }
  const title = t('portal:me.part', { name: one.address })
  return (
    <li>
      <div className="row">
        <span>
          <span className="name">{one.address}</span> <span className="muted">{t(`portal:me.${one.kind}`)}</span>
        </span>
        {isOnly ? null : (
          <Button
            kind="bare"
            aria-label={`${t('portal:me.remove')}: ${one.address}`}
            onClick={() => setParting(true)}
          >
            {t('portal:me.remove')}
          </Button>
        )}
      </div>
      {isParting ? (
        <Dialog title={title} close={() => setParting(false)}>
          <p>{t('portal:me.partAsk', { name: one.address })}</p>
          <Problem error={error} asked="tap" />
          <Button kind="main" onClick={() => void part()}>
            {t('portal:me.remove')}
          </Button>
        </Dialog>
      ) : null}
    </li>
  )
}
