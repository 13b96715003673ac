/**
 * Chart colours: eight, told apart with any kind of colour-blindness (OKLab distance at least 0.05 under protanopia,
 * deuteranopia and tritanopia by Machado's matrices), each at least 3 : 1 on its ground; each has a pattern and a
 * mark of its own, so that a chart reads in black and white. The same noun always has the same colour.
 */
export const palette = [
  { light: '#2456a6', dark: '#5c86e8' },
  { light: '#c27a0a', dark: '#f0a93b' },
  { light: '#0e8f68', dark: '#63cdb4' },
  { light: '#86307a', dark: '#b55cae' },
  { light: '#6f86db', dark: '#9db8f5' },
  { light: '#33241f', dark: '#f2e7b8' },
  { light: '#de6c98', dark: '#d98d96' },
  { light: '#62571b', dark: '#85803f' },
] as const

/** The colours of nouns that appear in many charts, by index into the palette. */
export const colorOf: Record<string, number> = {
  new: 4,
  active: 2,
  drowsy: 1,
  asleep: 3,
  lost: 7,
  back: 0,
  earned: 2,
  opened: 4,
  spent: 0,
  expired: 7,
  owed: 1,
  members: 0,
  guests: 7,
  mailed: 0,
  left_out: 1,
}

/** ECharts decals, one a colour: dots, lines of several slopes, dashes, crosses. */
export const decals = [
  { symbol: 'none' },
  { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: Math.PI / 4 },
  {
    symbol: 'circle',
    dashArrayX: [
      [6, 6],
      [0, 6, 6, 0],
    ],
    dashArrayY: [6, 0],
    symbolSize: 0.6,
  },
  { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: -Math.PI / 4 },
  { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: 0 },
  {
    symbol: 'triangle',
    dashArrayX: [
      [9, 9],
      [0, 9, 9, 0],
    ],
    dashArrayY: [7, 2],
    symbolSize: 0.7,
  },
  { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: Math.PI / 2 },
  {
    symbol: 'rect',
    dashArrayX: [
      [4, 4],
      [0, 4, 4, 0],
    ],
    dashArrayY: [4, 0],
  },
] as const
