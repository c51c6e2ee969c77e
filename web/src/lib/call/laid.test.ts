import { describe, expect, it } from 'vitest'
import { characters, units } from '../marking'
import { type Laid, stretch } from './laid'

const text = 'Мы вчера ходили по домам'
const spans = [[0, 2], [3, 8], [9, 15], [16, 18], [19, 24]].map(([from, to], i) => ({ from: from!, to: to!, start: i, end: i + 0.8, p: 0.9 }))
const coding = { start: 2, end: 4.8 } as Laid['coding']
const laid = (change: Partial<Laid>): Laid => ({ coding, from: 9, to: 24, text, ...change })

describe('a theme on the words of a turn', () => {
  it('lies where the server said while nobody has typed', () => {
    expect(stretch(laid({}), { text, spans })).toEqual({ from: 9, to: 24 })
  })

  it('lies on the whole turn where no words were chosen', () => {
    expect(stretch(laid({ from: null, to: null }), { text: 'А', spans: [] })).toEqual({ from: 0, to: 1 })
  })

  it('follows its words by their times when something is typed before them', () => {
    const moved = spans.map((span) => ({ ...span, from: span.from + 4, to: span.to + 4 }))
    expect(stretch(laid({}), { text: `Так ${text}`, spans: moved })).toEqual({ from: 13, to: 28 })
  })

  it('is nowhere when all of its words were taken out', () => {
    expect(stretch(laid({}), { text: 'Мы вчера', spans: spans.slice(0, 2) })).toBeNull()
  })
})

describe('offsets', () => {
  it('count Unicode characters for the server and UTF-16 units for the page, and go back', () => {
    const said = 'а😀б в'
    expect(characters(said, 3)).toBe(2)
    for (const at of [0, 1, 2, 3, 4]) expect(characters(said, units(said, at))).toBe(at)
  })
})
