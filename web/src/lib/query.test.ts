import { describe, expect, it } from 'vitest'
import { filter, holds, toggled, tokens, valueOf, withFilter } from './query'

describe('queries', () => {
  it('keep quoted stretches together', () => {
    expect(tokens('"мы пошли" place:"два слова" x')).toEqual(['"мы пошли"', 'place:"два слова"', 'x'])
  })

  it('gain and lose a filter', () => {
    const token = filter('person', 'Anna B')
    expect(token).toBe('person:"Anna B"')
    const there = toggled('мама', token)
    expect(there).toBe('мама person:"Anna B"')
    expect(holds(there, token)).toBe(true)
    expect(toggled(there, token)).toBe('мама')
  })

  it('hold one date at most', () => {
    const first = withFilter('x', 'date', '2022-03-01..2022-03-05')
    expect(valueOf(first, 'date')).toBe('2022-03-01..2022-03-05')
    expect(withFilter(first, 'date', '2022-04')).toBe('x date:2022-04')
    expect(withFilter(first, 'date', null)).toBe('x')
  })
})
