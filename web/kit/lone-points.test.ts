import { expect, test } from 'vitest'
import { lonePoints } from './lone-points.ts'

test('a value between unknown ones stands alone, at the ends too; neighbours do not', () => {
  expect([...lonePoints([489, null, null, 5, 6, null, 7, null, 472])]).toEqual([0, 6, 8])
  expect([...lonePoints([1, 2, 3])]).toEqual([])
  expect([...lonePoints([])]).toEqual([])
})
