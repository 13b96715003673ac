/** What the brand puts into the head of a page before anything is loaded: no colour of another is ever seen. */
import type { Look } from './brand.ts'
import type { Scheme } from './colours.ts'
import type { LogoPlate } from './logo-tone.ts'
import type { PictureKind } from './types.ts'

type App = 'counter' | 'portal'

/** The address of a brand's picture: its name is its content. */
export const pictureUrl = (hash: string) => `/brand/pictures/${hash}.png`

const ground = { light: '#faf7f2', dark: '#1b1815' } as const
const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string) => text.replaceAll(/[&<>"]/g, (letter) => escapes[letter]!)

/** What a page may know besides, so that it need not ask, such as which wallets there are. */
export type Besides = Record<string, unknown>

/** Title, colours, icons and manifest of an app. */
export function pageHead(app: App, look: Look, besides: Besides = {}): string {
  const { schemes, logo_plates: plates } = look
  const [day, night] = [variables(schemes.light, plates.light), variables(schemes.dark, plates.dark)]
  const icon = look.pictures.icon
  const touch = icon?.['192'] ? pictureUrl(icon['192'].hash) : `/${app}/icon-192.png`
  const small = icon?.['58'] ? pictureUrl(icon['58'].hash) : `/${app}/icon.svg`
  return [
    `<title>${escaped(look.name)}</title>`,
    // the counter keeps paper at its top edge; the card's colour is the portal's alone when it is opened
    `<meta name="theme-color" content="${ground.light}" media="(prefers-color-scheme: light)" />`,
    `<meta name="theme-color" content="${ground.dark}" media="(prefers-color-scheme: dark)" />`,
    `<link rel="icon" href="${small}" />`,
    `<link rel="apple-touch-icon" href="${touch}" />`,
    `<link rel="manifest" href="/brand/${app}.webmanifest" />`,
    `<style>${day}@media(prefers-color-scheme:dark){${night}}</style>`,
    // data, not script: the page reads it without another question to the server (kit/brand.ts)
    `<script type="application/json" id="brand">${dataOf({ ...hereOf(look), ...besides })}</script>`,
  ].join('')
}

/** JSON that no text can end early. */
const dataOf = (data: unknown) => JSON.stringify(data).replaceAll('<', '\\u003c')

function hereOf({ name, pictures, texts }: Look) {
  const shown = (kind: PictureKind, size: string) => {
    const found = pictures[kind]?.[size]
    return found ? { url: pictureUrl(found.hash), width: found.width, height: found.height } : null
  }
  return { name, icon: shown('icon', '192'), logo: shown('logo', '3x'), card: shown('card', '2x'), texts }
}

/** Beside the logo where it lies on a plate. */
const plateRoom = '10px'

/** `html:root` wins over the style sheet, wherever it stands. */
function variables(scheme: Scheme, plate: LogoPlate): string {
  const lines = Object.entries(scheme).map(([name, colour]) => `--${name.replaceAll('_', '-')}:${colour}`)
  for (const [place, colour] of Object.entries(plate) as [string, string | null][])
    lines.push(`--logo-${place}:${colour ?? 'transparent'}`, `--logo-${place}-room:${colour ? plateRoom : '0px'}`)
  return `html:root{${lines.join(';')}}`
}

/**
 * The web app manifest: what stands under the icon on a phone's first screen. It has one language, the program's own;
 * null before there is a program.
 */
export function manifestOf(app: App, look: Look, language: string | null): Record<string, unknown> {
  const icon = look.pictures.icon
  const lang = language ?? 'en'
  const counterWord = counterWordIn(lang)
  const png = (side: '192' | '512', own: string) => ({
    src: icon?.[side] ? pictureUrl(icon[side].hash) : own,
    sizes: `${side}x${side}`,
    type: 'image/png',
  })
  const svg = { src: `/${app}/icon.svg`, sizes: 'any', type: 'image/svg+xml' }
  return {
    id: `/${app}/`,
    lang,
    name: app === 'portal' ? look.name : `${look.name} · ${counterWord}`,
    short_name: app === 'portal' ? look.name : counterWord,
    start_url: `/${app}/`,
    scope: `/${app}/`,
    display: 'standalone',
    background_color: ground.light,
    theme_color: ground.light,
    icons: [
      png('192', `/${app}/icon-192.png`),
      png('512', `/${app}/icon-512.png`),
      // our own keep the margin that a mask may cut away; of the brand's nobody knows
      ...(icon ? [] : [{ ...png('512', `/${app}/icon-512.png`), purpose: 'maskable' }, svg]),
    ],
  }
}

/** As the counter itself is called on screen. */
function counterWordIn(language: string): string {
  const tag = language.toLowerCase()
  if (/^zh.*\b(tw|hk|mo|hant)\b/.test(tag)) return '櫃檯'
  return tag.startsWith('zh') ? '收银' : 'Counter'
}
