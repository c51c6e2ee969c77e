import { describe, expect, it } from 'vitest'
import { en } from './en'
import { uk } from './uk'

const places = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort()

describe('texts', () => {
  it('have the same places to fill in both languages', () => {
    for (const key of Object.keys(en) as (keyof typeof en)[]) expect(places(uk[key]), key).toEqual(places(en[key]))
  })

  it('have two forms in English and three in Ukrainian where things are counted', () => {
    for (const key of Object.keys(en) as (keyof typeof en)[]) {
      if (!key.startsWith('n.')) continue
      expect(en[key].split('|'), key).toHaveLength(2)
      expect(uk[key].split('|'), key).toHaveLength(3)
    }
  })
})
