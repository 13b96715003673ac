/** The demo brand: a chain of tea shops in Taiwan. Its stores and its menu; prices in NT$. */

export interface DemoStore {
  code: string
  name: string
  kind: 'shop' | 'web'
  /** Share of members who call it theirs. */
  weight: number
}

export const stores: readonly DemoStore[] = [
  { code: 'TPE-DA', name: '台北大安店', kind: 'shop', weight: 24 },
  { code: 'TPE-XY', name: '台北信義店', kind: 'shop', weight: 20 },
  { code: 'NTP-BQ', name: '新北板橋店', kind: 'shop', weight: 16 },
  { code: 'TXG-XT', name: '台中西屯店', kind: 'shop', weight: 14 },
  { code: 'TNN-ZX', name: '台南中西店', kind: 'shop', weight: 8 },
  { code: 'KHH-ZY', name: '高雄左營店', kind: 'shop', weight: 10 },
  { code: 'WEB', name: '線上商店', kind: 'web', weight: 8 },
]

export interface Product {
  sku: string
  name: string
  category: string
  price: number
  /** How often it is chosen in its category. */
  weight: number
}

/** Categories, and how a drink shop's year moves them (1 = the year's mean), January first. */
export const seasons: Record<string, readonly number[]> = {
  'pure-tea': [0.9, 0.9, 1, 1, 1.05, 1.1, 1.15, 1.1, 1.05, 1, 0.9, 0.85],
  'milk-tea': [1.05, 1, 1, 1, 1, 0.95, 0.95, 0.95, 1, 1.05, 1.05, 1.1],
  'fruit-tea': [0.6, 0.65, 0.85, 1, 1.2, 1.4, 1.5, 1.4, 1.15, 0.9, 0.7, 0.6],
  snack: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
  leaf: [1.2, 1.1, 0.9, 0.9, 1, 0.9, 0.8, 0.9, 1.3, 1.1, 1, 1.1],
  'gift-box': [2.2, 1.2, 0.5, 0.5, 0.9, 0.6, 0.5, 0.8, 2.4, 1, 0.6, 0.9],
  cup: [0.9, 0.9, 1, 1, 1.1, 1.1, 1.1, 1, 1, 0.9, 1, 1.2],
}

const priceList: Record<string, [string, number, number][]> = {
  'pure-tea': [
    ['四季春青茶', 35, 30],
    ['茉莉綠茶', 35, 18],
    ['凍頂烏龍', 45, 14],
    ['阿薩姆紅茶', 35, 16],
    ['東方美人', 60, 6],
    ['高山金萱', 50, 10],
    ['鐵觀音', 45, 8],
    ['蕎麥茶', 40, 5],
  ],
  'milk-tea': [
    ['珍珠奶茶', 60, 30],
    ['四季奶青', 55, 14],
    ['烏龍拿鐵', 70, 14],
    ['黑糖鮮奶', 75, 12],
    ['鐵觀音拿鐵', 75, 8],
    ['芋頭鮮奶', 80, 8],
    ['焙茶歐蕾', 75, 6],
    ['豆乳紅茶', 65, 5],
  ],
  'fruit-tea': [
    ['檸檬青茶', 60, 16],
    ['百香果綠茶', 65, 14],
    ['葡萄柚綠茶', 70, 14],
    ['甘蔗青茶', 60, 8],
    ['荔枝烏龍', 70, 10],
    ['楊枝甘露', 90, 10],
    ['金桔檸檬', 60, 8],
    ['白桃烏龍', 75, 8],
  ],
  snack: [
    ['鹹蛋黃餅乾', 60, 8],
    ['鳳梨酥（單顆）', 40, 12],
    ['茶葉蛋糕', 85, 8],
    ['麻糬鬆餅', 70, 6],
    ['烏龍茶凍', 55, 6],
  ],
  leaf: [
    ['四季春茶葉 150g', 320, 10],
    ['凍頂烏龍 150g', 480, 8],
    ['高山金萱 150g', 520, 6],
    ['三角茶包 20 入', 260, 12],
  ],
  'gift-box': [
    ['中秋雙罐禮盒', 980, 8],
    ['春節四入禮盒', 1_680, 5],
    ['鳳梨酥禮盒 12 入', 560, 10],
    ['經典茶點禮盒', 860, 6],
  ],
  cup: [
    ['隨行杯 500ml', 480, 6],
    ['玻璃冷水壺', 690, 3],
    ['環保吸管組', 150, 5],
  ],
}

/** Categories as the brand calls them; its shelves are found by the word before. */
const categoryNames: Record<string, string> = {
  'pure-tea': '原味茶',
  'milk-tea': '奶茶',
  'fruit-tea': '水果茶',
  snack: '茶點',
  leaf: '茶葉',
  'gift-box': '禮盒',
  cup: '杯具',
}

/** Every product, in a fixed order. */
export const products: readonly Product[] = Object.entries(priceList).flatMap(([shelf, list]) =>
  list.map(([name, price, weight], i) => ({
    sku: `${shelf.toUpperCase()}-${String(i + 1).padStart(2, '0')}`,
    name,
    category: categoryNames[shelf]!,
    price,
    weight,
  })),
)

/** Products by shelf, for a quick pick. */
export const shelf: Record<string, readonly Product[]> = Object.fromEntries(
  Object.keys(priceList).map((name) => [name, products.filter(({ category }) => category === categoryNames[name])]),
)

/** Drinks are made at a counter; leaves, boxes and cups also travel. */
export const webCategories: readonly string[] = ['leaf', 'gift-box', 'cup', 'snack']
export const shopCategories: readonly string[] = Object.keys(priceList)
