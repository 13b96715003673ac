import { expect, test } from 'vitest'
import { partsOf } from './sentence.tsx'

test('a sentence falls into its marked numbers and the words between them', () => {
  expect(partsOf('Of <all>800 members</all>, <ours>369</ours> are yours.')).toEqual([
    { mark: null, words: 'Of ' },
    { mark: 'all', words: '800 members' },
    { mark: null, words: ', ' },
    { mark: 'ours', words: '369' },
    { mark: null, words: ' are yours.' },
  ])
})

test('a sign that is no mark stays as it stands', () => {
  expect(partsOf('1 < 2 and <b>3')).toEqual([{ mark: null, words: '1 < 2 and <b>3' }])
})
