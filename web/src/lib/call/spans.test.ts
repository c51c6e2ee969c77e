import { describe, expect, it } from 'vitest'
import { changed, follow, lastBefore, place } from './spans'

const words = [
  { w: 'Мам,', start: 0, end: 0.4, p: 0.9 },
  { w: 'привет.', start: 0.5, end: 1, p: 0.4 },
  { w: 'Слышишь?', start: 1.2, end: 1.8, p: 0.9 },
]
const text = 'Мам, привет. Слышишь?'
const turn = { start: 0, end: 2 }

describe('words in a text', () => {
  it('stand where they are, one after another', () => {
    expect(place(text, words).map((span) => text.slice(span.from, span.to))).toEqual(['Мам,', 'привет.', 'Слышишь?'])
  })

  it('are left out where the text lacks them, and the rest is still found', () => {
    expect(place('Мам, Слышишь?', words).map((span) => span.start)).toEqual([0, 1.2])
  })
})

describe('a corrected text', () => {
  it('keeps the times of words that were not touched', () => {
    const after = 'Мам, привіт. Слышишь?'
    const spans = follow(text, after, place(text, words), turn)
    expect(spans.map((span) => after.slice(span.from, span.to))).toEqual(['Мам,', 'привіт.', 'Слышишь?'])
    expect(spans[0]).toMatchObject({ start: 0, end: 0.4, p: 0.9 })
    expect(spans[2]).toMatchObject({ start: 1.2, end: 1.8, p: 0.9 })
    expect(spans[1]?.p).toBeNull()
    expect(spans[1]?.start).toBeCloseTo(0.4)
    expect(spans[1]?.end).toBeCloseTo(1.2)
  })

  it('shares the time between neighbours among new words by their length', () => {
    const after = 'Мам, а ты где Слышишь?'
    const spans = follow(text, after, place(text, words), turn)
    expect(spans.map((span) => after.slice(span.from, span.to))).toEqual(['Мам,', 'а', 'ты', 'где', 'Слышишь?'])
    for (let i = 1; i < spans.length; i += 1) expect(spans[i]!.start).toBeGreaterThanOrEqual(spans[i - 1]!.end - 1e-9)
  })

  it('takes a word whose edge has grown for a new one', () => {
    const after = 'Мамочка, привет. Слышишь?'
    const spans = follow(text, after, place(text, words), turn)
    expect(after.slice(spans[0]!.from, spans[0]!.to)).toBe('Мамочка,')
    expect(spans[0]?.p).toBeNull()
  })

  it('has no words when it is empty', () => {
    expect(follow(text, '', place(text, words), turn)).toEqual([])
  })

  it('always has spans inside the text, in order, whatever is typed', () => {
    let seed = 11
    const random = (n: number) => (seed = (seed * 16807) % 2147483647) % n
    let now = text
    let spans = place(text, words)
    for (let step = 0; step < 400; step += 1) {
      const at = random(now.length + 1)
      const next = random(3) === 0 ? now.slice(0, at) + now.slice(at + random(4)) : now.slice(0, at) + ['а', ' ', 'слово', '. '][random(4)] + now.slice(at)
      spans = follow(now, next, spans, turn)
      now = next
      let last = 0
      for (const span of spans) {
        expect(span.from).toBeGreaterThanOrEqual(last)
        expect(span.to).toBeGreaterThan(span.from)
        expect(span.to).toBeLessThanOrEqual(now.length)
        expect(now.slice(span.from, span.to)).toMatch(/\S/)
        last = span.to
      }
    }
  })
})

describe('halving', () => {
  it('finds the last that begins at or before a time', () => {
    const items = [{ start: 1 }, { start: 2 }, { start: 2 }, { start: 5 }]
    expect([0.5, 1, 2, 4.9, 9].map((time) => lastBefore(items, time))).toEqual([-1, 0, 2, 2, 3])
    expect(lastBefore([], 3)).toBe(-1)
  })
})

describe('the changed stretch', () => {
  it('is as short as can be and never overlaps', () => {
    expect(changed('аа', 'ааа')).toEqual({ from: 2, oldTo: 2, newTo: 3 })
    expect(changed('abc', 'abc')).toEqual({ from: 3, oldTo: 3, newTo: 3 })
    expect(changed('abcd', 'ad')).toEqual({ from: 1, oldTo: 3, newTo: 1 })
  })
})
