import { afterAll, beforeAll, expect, test } from 'vitest'
import { offences, openBrowser, type OpenedBrowser } from './browser.ts'

let opened: OpenedBrowser
beforeAll(async () => {
  opened = await openBrowser()
})
afterAll(() => opened.close())

/** The pixels of one character, as text; every character without a glyph looks like every other. */
function inkOf(character: string): string {
  return `(() => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 48, height: 48 })
    const ink = canvas.getContext('2d')
    ink.font = '32px system-ui, sans-serif'
    ink.fillText(${JSON.stringify(character)}, 4, 38)
    return ink.getImageData(0, 0, 48, 48).data.filter((_, i) => i % 4 === 3).join()
  })()`
}

test('Chromium writes traditional and simplified characters, each its own', async () => {
  const { page } = await opened.visit({ language: 'zh-TW' })
  const inks = await Promise.all(['會', '员', '點', '积', ' '].map((character) => page.evaluate(inkOf(character))))
  expect(new Set(inks).size).toBe(5)
})

test('a page with a grey word on white is told apart from one in ink', async () => {
  const { page } = await opened.visit()
  const word = (colour: string) =>
    `<html lang="en"><title>Word</title><main><h1 style="font-size:14px;color:${colour}">Regulars</h1></main></html>`
  await page.setContent(word('#cccccc'))
  expect((await offences(page)).map(({ rule }) => rule)).toEqual(['color-contrast'])
  await page.setContent(word('#222222'))
  expect(await offences(page)).toEqual([])
})

test('visitors do not share cookies', async () => {
  const [first, second] = [await opened.visit(), await opened.visit({ screen: 'phone' })]
  await first.context.addCookies([{ name: 'seat', value: '1', domain: 'localhost', path: '/' }])
  expect(await second.context.cookies()).toEqual([])
  expect(second.page.viewportSize()?.width).toBe(390)
})
