/** The entries of the navigation in their groups; a group folds, and this browser remembers which are folded. */
import { Tooltip } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { useEffect, useId, useRef } from 'react'
import { Door } from '../kit/door.tsx'
import { useTexts } from '../kit/i18n.ts'
import { Icon } from '../kit/icons.tsx'
import { isAt, type NavigationGroup, type NavigationPage } from './navigation.ts'
import classes from './shell.module.css'
import { WaitingCount, type Waiting } from './waiting.tsx'

interface Place {
  pathname: string
  waiting: Waiting
  /** Icons alone. */
  folded: boolean
}

export function Entries({ groups, ...place }: Place & { groups: NavigationGroup[] }) {
  const [chosen, setChosen] = useLocalStorage<Record<string, boolean>>({
    key: 'regulars.groups',
    defaultValue: {},
    getInitialValueInEffect: false,
  })
  return groups.map((group) => {
    const { title, pages, closed } = group
    if (!title) return <Pages key="first" pages={pages} {...place} />
    // what one chose holds; until then a group with the page one is on stands open
    const isOpen = chosen[title] ?? (!closed || pages.some((page) => isAt(page, place.pathname)))
    return (
      <Group
        key={title}
        {...place}
        group={group}
        isOpen={isOpen}
        turn={() => setChosen({ ...chosen, [title]: !isOpen })}
      />
    )
  })
}

function Group({
  group,
  isOpen,
  turn,
  ...place
}: Place & { group: NavigationGroup; isOpen: boolean; turn: () => void }) {
  const { t } = useTexts()
  const id = useId()
  const title = t(`shell:${group.title!}`)
  return (
    <div className={classes.pages} role="group" aria-label={title}>
      {!place.folded && (
        <button
          type="button"
          className={classes.group}
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={(event) => {
            // a click on a page closes the phone's menu; one on a heading does not
            event.stopPropagation()
            turn()
          }}
        >
          {title}
          {!isOpen && <WaitingCount count={group.pages.reduce((sum, { to }) => sum + (place.waiting[to] ?? 0), 0)} />}
          <Icon name={isOpen ? 'down' : 'right'} size={12} />
        </button>
      )}
      <div id={id}>{(isOpen || place.folded) && <Pages pages={group.pages} {...place} />}</div>
    </div>
  )
}

function Pages({ pages, pathname, folded, waiting }: Place & { pages: NavigationPage[] }) {
  const { t } = useTexts()
  const here = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // on a low screen the entry of a page that was reached by a key or a link may lie below the edge
    here.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' })
  }, [pathname])
  const entries = pages.map((page) => {
    const name = t(`${page.noun}:title`)
    const entry = (
      <Door
        key={page.to}
        to={page.to}
        className={classes.entry}
        aria-current={isAt(page, pathname) ? 'page' : undefined}
        aria-label={folded ? name : undefined}
      >
        <Icon name={page.icon} />
        {!folded && name}
        <WaitingCount count={waiting[page.to] ?? 0} />
      </Door>
    )
    return folded ? (
      <Tooltip key={page.to} label={name} position="right">
        {entry}
      </Tooltip>
    ) : (
      entry
    )
  })
  return <div ref={here}>{entries}</div>
}
