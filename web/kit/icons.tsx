/** Line icons of one weight on a 20-pixel grid, drawn for this product. Decorative: hidden from screen readers. */
import type { CSSProperties } from 'react'

const paths = {
  today: 'M4 10a6 6 0 0 1 12 0M2 14h16M10 1v2M3.6 3.6l1.4 1.4M16.4 3.6 15 5M6 17.5h8',
  members:
    'M7.5 9a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2 17c.3-3.3 2.6-5.2 5.5-5.2S12.7 13.7 13 17' +
    'M13 3.4a2.8 2.8 0 0 1 0 5.2M15 12.3c1.8.7 2.9 2.3 3 4.7',
  membership: 'M3 5.5h14a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1v-8a1 1 0 0 1 1-1ZM2 9h16M5 12.5h4',
  tier: 'M10 2.5l2.3 4.7 5.2.8-3.8 3.6.9 5.2-4.6-2.5-4.6 2.5.9-5.2L2.5 8l5.2-.8z',
  points: 'M10 18a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM8 13.5v-7h2.7a2.2 2.2 0 0 1 0 4.4H8',
  segments: 'M3 4h14l-5.5 6.5V16l-3 1.5v-7z',
  campaigns: 'M3 8v4h2.5l7 4V4l-7 4zM15.5 7.5a3.5 3.5 0 0 1 0 5M6 12.5l1 4.5h2',
  messages: 'M3 4.5h14a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1ZM2.5 6l7.5 5.5L17.5 6',
  reports: 'M3 17V3M3 17h14M7 14V9.5M11 14V6M15 14v-3',
  imports: 'M10 3v9M6.5 8.5 10 12l3.5-3.5M3 14v2.5a.5.5 0 0 0 .5.5h13a.5.5 0 0 0 .5-.5V14',
  stores:
    'M3 8.5 4.5 3h11L17 8.5M3 8.5a2.3 2.3 0 0 0 4.6 0 2.4 2.4 0 0 0 4.8 0 2.3 2.3 0 0 0 4.6 0' +
    'M4 11v6h12v-6M8 17v-3.5h4V17',
  orders: 'M5 2.5h10v15l-2.5-1.6-2.5 1.6-2.5-1.6L5 17.5zM7.5 6.5h5M7.5 9.5h5',
  products: 'M10 2.5 17 6v8l-7 3.5L3 14V6zM3 6l7 3.5L17 6M10 9.5v8',
  program: 'M4 3h10a2 2 0 0 1 2 2v12H6a2 2 0 0 1-2-2zM4 15a2 2 0 0 1 2-2h10M7.5 6.5h5',
  staff: 'M10 10a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM3.5 17.5c.4-3.5 3.2-5 6.5-5s6.1 1.5 6.5 5',
  settings: 'M3 6h7M14 6h3M3 14h3M10 14h7M12 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM8 16a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
  key: 'M12.5 11a4.5 4.5 0 1 0-4.3-3.2L2.5 13.5v4H6V15h2.5v-2.5l1.7-1.7a4.5 4.5 0 0 0 2.3.2ZM14 6.2v.1',
  search: 'M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12ZM13.5 13.5 17.5 17.5',
  plus: 'M10 4v12M4 10h12',
  close: 'M5 5l10 10M15 5 5 15',
  check: 'M4 10.5 8 14.5 16 5.5',
  warning: 'M10 3 18 16.5H2zM10 8v4M10 14.3v.1',
  error: 'M10 18a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM10 6v5M10 13.8v.1',
  info: 'M10 18a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM10 9v5M10 6.2v.1',
  left: 'M12.5 4.5 7 10l5.5 5.5',
  right: 'M7.5 4.5 13 10l-5.5 5.5',
  down: 'M4.5 7.5 10 13l5.5-5.5',
  up: 'M4.5 12.5 10 7l5.5 5.5',
  sort: 'M7 8l3-3.5L13 8M7 12l3 3.5L13 12',
  download: 'M10 3v9M6.5 8.5 10 12l3.5-3.5M4 16.5h12',
  upload: 'M10 13V4M6.5 7.5 10 4l3.5 3.5M4 16.5h12',
  menu: 'M3 6h14M3 10h14M3 14h14',
  more: 'M4.5 10h.1M10 10h.1M15.5 10h.1',
  sun:
    'M10 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18' +
    'M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1',
  moon: 'M16.5 12A7 7 0 0 1 8 3.5a7 7 0 1 0 8.5 8.5Z',
  language:
    'M10 18a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM2 10h16' +
    'M10 2c2.5 2.5 3.3 5 3.3 8S12.5 15.5 10 18c-2.5-2.5-3.3-5-3.3-8S7.5 4.5 10 2Z',
  out: 'M8 3.5H4.5a.5.5 0 0 0-.5.5v12a.5.5 0 0 0 .5.5H8M13 6.5 16.5 10 13 13.5M16.5 10H8',
  pause: 'M7 4.5v11M13 4.5v11',
  play: 'M6 4l10 6-10 6z',
  refresh: 'M16.5 10a6.5 6.5 0 1 1-2-4.7M16.5 2.5v3.5H13',
  edit: 'M13 4l3 3-9 9-3.5.5L4 13zM11.5 5.5l3 3',
  trash: 'M4 5.5h12M8 5.5V3.5h4v2M5.5 5.5l.7 11h7.6l.7-11M8.5 8.5v5M11.5 8.5v5',
  copy: 'M7 7h9.5v9.5H7zM13 7V3.5H3.5V13H7',
  table: 'M3 4h14v12H3zM3 8h14M8 8v8',
  chart: 'M3 17h14M5 14l3.5-4 3 2.5L16 6',
  clock: 'M10 18a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM10 5.5V10l3 2',
  fold: 'M3 4h14v12H3zM8 4v12M13.5 8l-2 2 2 2',
  unfold: 'M3 4h14v12H3zM8 4v12M11.5 8l2 2-2 2',
  tag: 'M3 3h7l7 7-7 7-7-7zM6.5 6.5v.1',
  company:
    'M4 17.5v-14h7.5v14M11.5 8H16v9.5M2.5 17.5h15M6.5 7h.1M9 7h.1' +
    'M6.5 10h.1M9 10h.1M6.5 13h.1M9 13h.1M13.8 11v.1M13.8 14v.1',
  join: 'M8 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2.5 17c.3-3.2 2.6-5 5.5-5 1.3 0 2.5.4 3.4 1M15 12v6M12 15h6',
  coupon: 'M3 5h14v3.2a1.8 1.8 0 0 0 0 3.6V15H3v-3.2a1.8 1.8 0 0 0 0-3.6zM12 7.5v.1M12 10v.1M12 12.5v.1',
  stamps: 'M3 4h14v12H3zM6.5 8h.1M10 8h.1M13.5 8h.1M6.5 12h.1M10 12h.1M12.5 12l.9.9 1.6-1.9',
  gift: 'M3 7h14v3H3zM4.5 10v7h11v-7M10 7v10M10 7C6 7 5.5 3 7.5 3S10 7 10 7s.5-4 2.5-4 1.5 4-2.5 4Z',
  moment:
    'M3.5 5h13v12h-13zM3.5 8.5h13M7 3v3.5M13 3v3.5' +
    'M10 10.5l.7 1.5 1.6.2-1.2 1.1.3 1.6-1.4-.8-1.4.8.3-1.6-1.2-1.1 1.6-.2z',
  budget: 'M3 6.5h12.5a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1zM3 6.5l9.5-3v3M13.5 11.5h.1',
  privilege: 'M3.5 14.5 2.5 6l4 3.5L10 4l3.5 5.5 4-3.5-1 8.5zM3.5 17h13',
  plan:
    'M3.2 9A7 7 0 0 1 16 6M16.5 3v3.200h-3.200M16.8 11A7 7 0 0 1 4 14' +
    'M3.5 17v-3.200h3.200M8.5 10.200l1.2 1.2 2.1-2.6',
  offer: 'M10 18a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM10 14a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM10 10v.1',
  palette:
    'M10 2.500a7.5 7.5 0 1 0 0 15c1.2 0 1.5-.9 1-1.7-.7-1.2 0-2.3 1.3-2.300h2.200c1.8 0 3-1.2 3-3.2' +
    'C17.5 6 14.2 2.5 10 2.500ZM6.5 8.500v.1M10 6.300v.1M13.5 8v.1M6 12v.1',
  till: 'M5.5 9V3.500h6V9M3 17v-5l2-3h10l2 3v5zM3 13.500h14M9 15.300h2M7.5 5.800h2M14 9V6',
  history: 'M3.5 10a6.5 6.5 0 1 0 2-4.700M3.5 2.500v3.500H7M10 6.500V10l2.5 1.5',
  note: 'M4 3h12v10l-4 4H4zM12 17v-4h4M7 7h6M7 10h4',
} as const

export type IconName = keyof typeof paths

/** One icon; 18 px unless said otherwise. */
export function Icon({ name, size = 18, style }: { name: IconName; size?: number; style?: CSSProperties }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.5}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
      style={{ flexShrink: 0, ...style }}
    >
      <path d={paths[name]} />
    </svg>
  )
}
