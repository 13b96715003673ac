/** The look in one place: a warm notebook. Colours name a job (action, good, warn, bad), never a taste. */
import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'

/** Neutrals of paper, light scheme: 0 is the sheet, 9 is ink. Text on 0–2 keeps AA from 6 on. */
const paper: MantineColorsTuple = [
  '#faf7f2',
  '#f3eee6',
  '#ebe4d8',
  '#ded5c6',
  '#c9bda9',
  '#a99d8b',
  '#6b6155',
  '#51483e',
  '#3a332b',
  '#25211c',
]
/** Neutrals of the dark scheme: 0 is text, 9 is the darkest ground (Mantine reads them in this order). */
const night: MantineColorsTuple = [
  '#ede6db',
  '#d6ccbe',
  '#a89e90',
  '#837a6e',
  '#544c43',
  '#3d362f',
  '#2b2621',
  '#221e1a',
  '#1b1815',
  '#141210',
]
/** The accent: for what one can do, and for nothing else. White on 7 has 5.0 : 1. */
const persimmon: MantineColorsTuple = [
  '#fff1ea',
  '#fde0d3',
  '#f9bfa6',
  '#f49c77',
  '#f08a5d',
  '#e56a35',
  '#d6541f',
  '#c2461a',
  '#a33913',
  '#852d0e',
]
const green: MantineColorsTuple = [
  '#ecf6ef',
  '#d8ecde',
  '#b0d9bd',
  '#84c399',
  '#5fae7a',
  '#459a63',
  '#388a55',
  '#2b7448',
  '#225f3a',
  '#194b2d',
]
const amber: MantineColorsTuple = [
  '#fdf5e2',
  '#f9e8c1',
  '#f2d28a',
  '#eabb53',
  '#dfa62d',
  '#c48d15',
  '#a87609',
  '#875e05',
  '#6d4b03',
  '#523802',
]
const red: MantineColorsTuple = [
  '#fcefed',
  '#f8dcd8',
  '#efb5ae',
  '#e58d83',
  '#dc6c5f',
  '#cf4a3c',
  '#c0392b',
  '#a92d20',
  '#8d2318',
  '#6f1a11',
]

/** System fonts only: nothing to load, and the reader's own Chinese face. kit.css orders them by language. */
const family = 'var(--rg-font)'

export const theme = createTheme({
  colors: { gray: paper, dark: night, persimmon, green, yellow: amber, red },
  primaryColor: 'persimmon',
  // the same in the dark: white on it has 5.0 : 1, and it stands 3.2 : 1 off the night's ground
  primaryShade: 7,
  autoContrast: true,
  luminanceThreshold: 0.35,
  black: '#25211c',
  white: '#fffdfa',
  fontFamily: family,
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace',
  headings: {
    fontFamily: family,
    fontWeight: '650',
    sizes: {
      h1: { fontSize: '24px', lineHeight: '1.25' },
      h2: { fontSize: '17px', lineHeight: '1.35' },
      h3: { fontSize: '15px', lineHeight: '1.4' },
      h4: { fontSize: '14px', lineHeight: '1.4' },
    },
  },
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.4' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  radius: { xs: '3px', sm: '5px', md: '7px', lg: '10px', xl: '16px' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'sm' } },
    TextInput: { defaultProps: { size: 'sm' } },
    NumberInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', allowDeselect: false, checkIconPosition: 'right' } },
    InputWrapper: {
      styles: { label: { marginBottom: '2px' }, description: { fontSize: '12.5px' }, error: { fontSize: '12.5px' } },
    },
    Modal: {
      styles: { title: { fontSize: '16px', fontWeight: 620 } },
      defaultProps: { centered: true, transitionProps: { duration: 120 }, overlayProps: { backgroundOpacity: 0.35 } },
    },
    Drawer: { defaultProps: { transitionProps: { duration: 140 } } },
    // the placeholder is a focusable child that role=menu may not have (axe: aria-required-children)
    Menu: {
      defaultProps: {
        withInitialFocusPlaceholder: false,
        transitionProps: { duration: 80 },
        shadow: 'md',
        withinPortal: true,
      },
    },
    Tooltip: { defaultProps: { openDelay: 300, transitionProps: { duration: 80 }, multiline: true, maw: 320 } },
    Skeleton: { defaultProps: { radius: 'sm' } },
    Card: { defaultProps: { withBorder: true, radius: 'md', padding: 'md' } },
  },
})

/** Names for grounds and lines, so that a style sheet never picks a shade by number. */
export const cssVariables: CSSVariablesResolver = (given) => ({
  variables: {},
  light: {
    '--mantine-color-body': given.colors['gray']![0],
    '--mantine-color-text': given.colors['gray']![9],
    '--mantine-color-dimmed': given.colors['gray']![6],
    '--mantine-color-placeholder': '#766b5e',
    '--mantine-color-default-border': given.colors['gray']![3],
    '--mantine-color-error': given.colors['red']![7],
    '--mantine-color-anchor': given.colors['persimmon']![8],
    '--rg-sheet': '#fffdfa',
    '--rg-side': given.colors['gray']![1],
    '--rg-line': '#e5ddcf',
    '--rg-hover': '#f6f1e9',
    '--rg-ink': given.colors['gray']![9],
    '--rg-muted': given.colors['gray']![6],
    '--rg-good': given.colors['green']![8],
    '--rg-warn': given.colors['yellow']![7],
    '--rg-bad': given.colors['red']![7],
    '--rg-heat': '#0b5a8a',
    '--rg-shadow': '0 1px 2px rgb(58 51 43 / 6%)',
  },
  dark: {
    '--mantine-color-body': given.colors['dark']![8],
    '--mantine-color-text': given.colors['dark']![0],
    '--mantine-color-dimmed': given.colors['dark']![2],
    '--mantine-color-placeholder': '#9c9285',
    '--mantine-color-default-border': given.colors['dark']![4],
    '--mantine-color-error': given.colors['red']![3],
    '--mantine-color-anchor': given.colors['persimmon']![3],
    '--rg-sheet': given.colors['dark']![7],
    '--rg-side': given.colors['dark']![9],
    '--rg-line': '#332d27',
    '--rg-hover': given.colors['dark']![6],
    '--rg-ink': given.colors['dark']![0],
    '--rg-muted': given.colors['dark']![2],
    '--rg-good': given.colors['green']![3],
    '--rg-warn': given.colors['yellow']![3],
    '--rg-bad': given.colors['red']![3],
    '--rg-heat': '#2a79ac',
    '--rg-shadow': 'none',
  },
})
