import { pick, type Dice } from './dice.ts'

/**
 * Common surnames of Taiwan with their share in per cent (Ministry of the Interior, rounded); the rest share the
 * rest.
 */
const surnames: [string, number][] = [
  ['陳', 11.1],
  ['林', 8.3],
  ['黃', 6],
  ['張', 5.3],
  ['李', 5.1],
  ['王', 4.1],
  ['吳', 4],
  ['劉', 3.2],
  ['蔡', 2.9],
  ['楊', 2.7],
  ['許', 2.3],
  ['鄭', 1.9],
  ['謝', 1.8],
  ['郭', 1.5],
  ['洪', 1.5],
  ['曾', 1.5],
  ['邱', 1.5],
  ['廖', 1.4],
  ['賴', 1.4],
  ['周', 1.2],
  ['徐', 1.2],
  ['蘇', 1.2],
  ['葉', 1.1],
  ['莊', 1],
  ['呂', 0.9],
  ['江', 0.9],
  ['何', 0.8],
  ['蕭', 0.8],
  ['羅', 0.8],
  ['高', 0.8],
  ['歐陽', 0.1],
  ['司馬', 0.05],
  ['范姜', 0.2],
  ['張簡', 0.1],
  ['諸葛', 0.03],
]
const givenFemale = '怡婷雅雯淑芬美玲佳慧欣宜詩涵心妤子晴思穎筱瑄郁庭品潔婉如家綺芷若羽彤采潔語彤以安又菲曼文映彤'
const givenMale = '志明家豪俊傑建宏冠宇承翰宗翰柏翰彥廷宇軒品睿子軒宥廷哲瑋信宏文彬國華智偉政勳柏宇奕廷浩然立誠'
/** Visitors, migrants and indigenous people shop too; long names test every screen. */
const others: [first: string, last: string][] = [
  ['Mary', 'Smith'],
  ['John', 'O’Connor'],
  ['Nguyễn Thị', 'Hương'],
  ['さくら', '田中'],
  ['健太', '佐藤'],
  ['Siti', 'Nurhaliza'],
  ['Maria Guadalupe', 'Hernández-Villanueva'],
  ['민지', '김'],
  ['Somchai', 'Wongsakul'],
  ['Kolas', 'Yotaka'],
  ['Dewi', 'Lestari'],
  ['Anna-Katharina', 'Müller-Lüdenscheidt'],
]

export interface DemoName {
  display_name: string
  first_name: string
  last_name: string
  locale: 'zh-TW' | 'en' | 'ja' | 'ko' | 'vi'
}

/** A name; about one in thirty is not Chinese. */
export function nameOf(dice: Dice, gender: 'female' | 'male'): DemoName {
  if (dice() < 0.033) {
    const [first_name, last_name] = pick(dice, others)
    const cjk = /[\u3040-\u30ff\uac00-\ud7af\u4e00-\u9fff]/.test(last_name)
    return {
      first_name,
      last_name,
      display_name: cjk ? `${last_name}${first_name}` : `${first_name} ${last_name}`,
      locale: 'en',
    }
  }
  const [last_name] = pick(dice, surnames, ([, weight]) => weight)
  const given = [...(gender === 'female' ? givenFemale : givenMale)]
  const first = given[Math.floor(dice() * given.length)]!
  // one given name in eight has a single character
  const first_name = dice() < 0.125 ? first : first + given[Math.floor(dice() * given.length)]!
  return { first_name, last_name, display_name: last_name + first_name, locale: 'zh-TW' }
}
