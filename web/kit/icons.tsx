/** Line icons of one weight on a 20-pixel grid, drawn for this product. Decorative: hidden from screen readers. */
import type { CSSProperties } from 'react'

const paths = {
  today: 'M4 10a6 6 0 0 1 12 0M2 14h16M10 1v2M3.6 3.6l1.4 1.4M16.4 3.6 15 5M6 17.5h8',
  members: 'M7.5 9a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2 17c.3-3.300 2.600-5.200 5.500-5.200S12.700 13.700 13 17M13 3.400a2.800 2.800 0 0 1 0 5.200M15 12.300c1.800.7 2.900 2.300 3 4.700',
  membership: 'M3 5.500h14a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1v-8a1 1 0 0 1 1-1ZM2 9h16M5 12.500h4',
  tier: 'M10 2.500l2.300 4.700 5.200.8-3.800 3.600.9 5.200-4.600-2.500-4.600 2.500.9-5.200L2.500 8l5.200-.8z',
  points: 'M10 18a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM8 13.500v-7h2.700a2.200 2.200 0 0 1 0 4.400H8',
  segments: 'M3 4h14l-5.500 6.500V16l-3 1.500v-7z',
  campaigns: 'M3 8v4h2.500l7 4V4l-7 4zM15.500 7.500a3.500 3.500 0 0 1 0 5M6 12.500l1 4.500h2',
  messages: 'M3 4.500h14a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1ZM2.500 6l7.500 5.500L17.500 6',
  reports: 'M3 17V3M3 17h14M7 14V9.500M11 14V6M15 14v-3',
  imports: 'M10 3v9M6.500 8.500 10 12l3.500-3.500M3 14v2.500a.5.5 0 0 0 .5.5h13a.5.5 0 0 0 .5-.5V14',
  stores: 'M3 8.500 4.500 3h11L17 8.500M3 8.500a2.300 2.300 0 0 0 4.600 0 2.400 2.400 0 0 0 4.800 0 2.300 2.300 0 0 0 4.600 0M4 11v6h12v-6M8 17v-3.500h4V17',
  products: 'M10 2.500 17 6v8l-7 3.500L3 14V6zM3 6l7 3.500L17 6M10 9.500v8',
  program: 'M4 3h10a2 2 0 0 1 2 2v12H6a2 2 0 0 1-2-2zM4 15a2 2 0 0 1 2-2h10M7.500 6.500h5',
  staff: 'M10 10a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7ZM3.500 17.500c.4-3.500 3.200-5 6.500-5s6.100 1.500 6.500 5',
  settings: 'M3 6h7M14 6h3M3 14h3M10 14h7M12 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM8 16a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
  key: 'M12.500 11a4.500 4.500 0 1 0-4.300-3.200L2.500 13.500v4H6V15h2.500v-2.500l1.700-1.700a4.500 4.500 0 0 0 2.300.2ZM14 6.200v.1',
  search: 'M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12ZM13.500 13.500 17.500 17.500',
  plus: 'M10 4v12M4 10h12',
  close: 'M5 5l10 10M15 5 5 15',
  check: 'M4 10.500 8 14.500 16 5.500',
  warning: 'M10 3 18 16.500H2zM10 8v4M10 14.300v.1',
  error: 'M10 18a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM10 6v5M10 13.800v.1',
  info: 'M10 18a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM10 9v5M10 6.200v.1',
  left: 'M12.500 4.500 7 10l5.500 5.500',
  right: 'M7.500 4.500 13 10l-5.500 5.500',
  down: 'M4.500 7.500 10 13l5.500-5.500',
  up: 'M4.500 12.500 10 7l5.500 5.500',
  sort: 'M7 8l3-3.500L13 8M7 12l3 3.500L13 12',
  download: 'M10 3v9M6.500 8.500 10 12l3.500-3.500M4 16.500h12',
  upload: 'M10 13V4M6.500 7.500 10 4l3.500 3.500M4 16.500h12',
  menu: 'M3 6h14M3 10h14M3 14h14',
  more: 'M4.500 10h.1M10 10h.1M15.500 10h.1',
  sun: 'M10 13.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7ZM10 2v1.500M10 16.500V18M2 10h1.500M16.500 10H18M4.300 4.300l1.100 1.100M14.600 14.600l1.100 1.100M4.300 15.700l1.100-1.100M14.600 5.400l1.100-1.100',
  moon: 'M16.500 12A7 7 0 0 1 8 3.500a7 7 0 1 0 8.500 8.500Z',
  language: 'M10 18a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM2 10h16M10 2c2.500 2.500 3.300 5 3.300 8S12.500 15.500 10 18c-2.500-2.500-3.300-5-3.300-8S7.500 4.500 10 2Z',
  out: 'M8 3.500H4.500a.5.5 0 0 0-.5.5v12a.5.5 0 0 0 .5.5H8M13 6.500 16.500 10 13 13.500M16.500 10H8',
  pause: 'M7 4.500v11M13 4.500v11',
  play: 'M6 4l10 6-10 6z',
  refresh: 'M16.500 10a6.500 6.500 0 1 1-2-4.700M16.500 2.500v3.500H13',
  edit: 'M13 4l3 3-9 9-3.500.5L4 13zM11.500 5.500l3 3',
  trash: 'M4 5.500h12M8 5.500V3.500h4v2M5.500 5.500l.7 11h7.600l.7-11M8.500 8.500v5M11.500 8.500v5',
  copy: 'M7 7h9.500v9.500H7zM13 7V3.500H3.500V13H7',
  table: 'M3 4h14v12H3zM3 8h14M8 8v8',
  chart: 'M3 17h14M5 14l3.500-4 3 2.500L16 6',
  clock: 'M10 18a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM10 5.500V10l3 2',
  fold: 'M3 4h14v12H3zM8 4v12M13.500 8l-2 2 2 2',
  unfold: 'M3 4h14v12H3zM8 4v12M11.500 8l2 2-2 2',
  tag: 'M3 3h7l7 7-7 7-7-7zM6.500 6.500v.1',
  note: 'M4 3h12v10l-4 4H4zM12 17v-4h4M7 7h6M7 10h4',
} as const

export type IconName = keyof typeof paths

/** One icon; 18 px unless said otherwise. */
export function Icon({ name, size = 18, style }: { name: IconName; size?: number; style?: CSSProperties }) {
  return (
    <svg
      width={size} height={size} viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth={1.5}
      strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" focusable="false" style={{ flexShrink: 0, ...style }}
    >
      <path d={paths[name]} />
    </svg>
  )
}
