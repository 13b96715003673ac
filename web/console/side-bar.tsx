/** The navigation: a column on a desk, a bar under the thumb on a phone. */
import { Drawer, Kbd, Menu, Text, Tooltip, UnstyledButton } from '@mantine/core'
import { call } from '../kit/call.ts'
import { Door } from '../kit/door.tsx'
import { useTexts, type Language } from '../kit/i18n.ts'
import { Icon } from '../kit/icons.tsx'
import { useOpened } from '../kit/keys.tsx'
import { LanguageItems, SchemeItems } from '../kit/switches.tsx'
import { isAt, type NavigationGroup } from './navigation.ts'
import { useSession, useSignOut } from './session.tsx'
import classes from './shell.module.css'
import { Entries } from './side-entries.tsx'
import { WaitingCount, type Waiting } from './waiting.tsx'

export interface BarProps {
  groups: NavigationGroup[]
  pathname: string
  waiting: Waiting
  onSearch: () => void
  onKeys: () => void
}

export function SideBar({
  groups,
  pathname,
  waiting,
  folded,
  onFold,
  onSearch,
  onKeys,
}: BarProps & { folded: boolean; onFold: () => void }) {
  const { t } = useTexts()
  const foldLabel = folded ? t('shell:expand') : t('shell:collapse')
  return (
    <nav className={classes.side} aria-label={t('shell:navigation')}>
      <Brand folded={folded} />
      <button type="button" className={classes.searchButton} onClick={onSearch} aria-label={t('shell:searchAll')}>
        <Icon name="search" size={16} />
        {!folded && (
          <>
            {t('kit:search')}
            <Kbd size="xs">/</Kbd>
          </>
        )}
      </button>
      <div className={classes.entries}>
        <Entries {...{ groups, pathname, waiting, folded }} />
      </div>
      <div className={classes.foot}>
        <Account folded={folded} onKeys={onKeys} />
        <Tooltip label={foldLabel} position="right">
          <UnstyledButton className={classes.entry} onClick={onFold} aria-label={foldLabel}>
            <Icon name={folded ? 'unfold' : 'fold'} />
            {!folded && (
              <Text span size="sm" c="dimmed">
                {foldLabel}
              </Text>
            )}
          </UnstyledButton>
        </Tooltip>
      </div>
    </nav>
  )
}

function Brand({ folded }: { folded: boolean }) {
  const { t } = useTexts()
  const { program } = useSession()
  return (
    <div className={classes.brand}>
      <img src="/icon.svg" width={28} height={28} alt={folded ? t('shell:product') : ''} />
      {!folded && (
        <div style={{ minWidth: 0 }}>
          <div className={classes.brandName}>{program?.name ?? t('shell:product')}</div>
          {program && <div className={classes.brandSub}>{t('shell:product')}</div>}
        </div>
      )}
    </div>
  )
}

function Account({ folded, onKeys }: { folded: boolean; onKeys: () => void }) {
  const { t } = useTexts()
  const { staff } = useSession()
  const name = staff?.name ?? t('shell:account')
  return (
    <Menu position="right-end" width={220}>
      <Menu.Target>
        <UnstyledButton className={classes.account} aria-label={folded ? name : undefined}>
          <span className={classes.initial} aria-hidden="true">
            {[...name][0]?.toUpperCase()}
          </span>
          {!folded && (
            <span style={{ minWidth: 0 }}>
              <Text size="sm" fw={550} truncate>
                {name}
              </Text>
              {staff && (
                <Text size="xs" c="dimmed">
                  {t(`shell:roles.${staff.role}`)}
                </Text>
              )}
            </span>
          )}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <AccountItems onKeys={onKeys} />
      </Menu.Dropdown>
    </Menu>
  )
}

function AccountItems({ onKeys }: { onKeys: () => void }) {
  const { t } = useTexts()
  const { version } = useSession()
  const signOut = useSignOut()
  // the screen has changed already; the account's language is for messages and other devices
  const keep = (locale: Language) => void call('PATCH /v1/admin/session', { body: { locale } }).catch(() => undefined)
  return (
    <>
      <LanguageItems onChosen={keep} />
      <Menu.Divider />
      <SchemeItems />
      <Menu.Divider />
      <Menu.Item onClick={onKeys} rightSection={<Kbd size="xs">?</Kbd>}>
        {t('kit:keysTitle')}
      </Menu.Item>
      <Menu.Item component={Door} to="/account" leftSection={<Icon name="staff" size={16} />}>
        {t('staff:profile.title')}
      </Menu.Item>
      <Menu.Item leftSection={<Icon name="out" size={16} />} onClick={() => void signOut()}>
        {t('shell:signOut')}
      </Menu.Item>
      <Menu.Label>{t('shell:version', { version })}</Menu.Label>
    </>
  )
}

/** Pages a phone's bar shows beside search and menu. */
const thumbPagesMax = 3

export function BottomBar({ groups, pathname, waiting, onSearch, onKeys }: BarProps) {
  const { t } = useTexts()
  const drawer = useOpened()
  const thumbs = groups
    .flatMap(({ pages }) => pages)
    .filter(({ thumb }) => thumb)
    .slice(0, thumbPagesMax)
  return (
    <>
      <nav className={classes.bottom} aria-label={t('shell:navigation')}>
        {thumbs.map((page) => (
          <Door
            key={page.to}
            to={page.to}
            className={classes.tab}
            aria-current={isAt(page, pathname) ? 'page' : undefined}
          >
            <Icon name={page.icon} size={20} />
            {t(`${page.noun}:title`)}
          </Door>
        ))}
        <button type="button" className={classes.tab} onClick={onSearch}>
          <Icon name="search" size={20} />
          {t('kit:search')}
        </button>
        <button type="button" className={classes.tab} onClick={drawer.open}>
          <Icon name="menu" size={20} />
          {t('shell:menu')}
          <WaitingCount count={Object.values(waiting).reduce((sum, count) => sum + count, 0)} />
        </button>
      </nav>
      <Drawer
        opened={drawer.opened}
        onClose={drawer.close}
        position="bottom"
        size="auto"
        title={<Brand folded={false} />}
        closeButtonProps={{ 'aria-label': t('kit:close') }}
      >
        <div onClick={drawer.close}>
          <Entries {...{ groups, pathname, waiting }} folded={false} />
        </div>
        <Menu position="top-start" width={240}>
          <Menu.Target>
            <UnstyledButton className={classes.entry} mt="sm">
              <Icon name="staff" />
              {t('shell:account')}
            </UnstyledButton>
          </Menu.Target>
          <Menu.Dropdown>
            <AccountItems onKeys={onKeys} />
          </Menu.Dropdown>
        </Menu>
      </Drawer>
    </>
  )
}
