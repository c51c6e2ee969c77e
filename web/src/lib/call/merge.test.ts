import { describe, expect, it } from 'vitest'
import { type Version, merge } from './merge'

const turn = (start: number, text: string, speaker = 'A'): Version => ({ start, end: start + 1, channel: 0, speaker, text, translation: null })

describe('two corrections of one transcript', () => {
  const base = [turn(0, 'a'), turn(1, 'b'), turn(2, 'c')]

  it('lie together where they touch different turns', () => {
    const found = merge(base, [turn(0, 'mine'), turn(1, 'b'), turn(2, 'c')], [turn(0, 'a'), turn(1, 'theirs'), turn(2, 'c')])
    expect(found?.clashes).toEqual([])
    expect([...(found?.mine.keys() ?? [])]).toEqual([0])
    expect(found?.theirs).toBe(1)
  })

  it('clash where both changed one turn differently', () => {
    const found = merge(base, [turn(0, 'mine'), turn(1, 'b'), turn(2, 'c')], [turn(0, 'theirs'), turn(1, 'b'), turn(2, 'c')])
    expect(found?.clashes.map((clash) => [clash.index, clash.mine.text, clash.theirs.text])).toEqual([[0, 'mine', 'theirs']])
  })

  it('agree where both did the same', () => {
    const found = merge(base, [turn(0, 'x'), turn(1, 'b'), turn(2, 'c')], [turn(0, 'x'), turn(1, 'b'), turn(2, 'c')])
    expect(found?.clashes).toEqual([])
    expect(found?.mine.size).toBe(0)
  })

  it('count a changed speaker as a change', () => {
    const found = merge(base, [turn(0, 'a', 'B'), turn(1, 'b'), turn(2, 'c')], base)
    expect([...(found?.mine.keys() ?? [])]).toEqual([0])
  })

  it('are not laid together by themselves when turns were split', () => {
    expect(merge(base, [turn(0, 'a'), turn(0.5, 'a'), turn(1, 'b'), turn(2, 'c')], base)).toBeNull()
  })
})
