import { describe, expect, it } from 'vitest'
import { shape } from './netshape'
import type { Net } from './types'

const link = (from: string, to: string, kind: string) => ({ from, to, kind, standing: null, score: null })
const net: Net = {
  nodes: [
    { id: 'phone:1', kind: 'phone', label: '+1' },
    { id: 'phone:2', kind: 'phone', label: '+2' },
    { id: 'call:c1', kind: 'call', label: 'k01.wav' },
    { id: 'call:c2', kind: 'call', label: 'k02.wav' },
    { id: 'speaker:c1:A', kind: 'speaker', label: 'c1:A' },
  ],
  links: [link('phone:1', 'call:c1', 'made'), link('call:c1', 'phone:2', 'reached'), link('phone:1', 'call:c2', 'made'), link('call:c2', 'phone:2', 'reached'), link('speaker:c1:A', 'call:c1', 'speaks_in')],
}

describe('the network', () => {
  it('draws hidden calls together to a line between phones, counted', () => {
    const found = shape(net, new Set(['call', 'speaker']))
    expect(found.nodes.map((node) => node.id)).toEqual(['phone:1', 'phone:2'])
    expect(found.links).toEqual([{ from: 'phone:1', to: 'phone:2', kind: 'calls', standing: null, score: 2 }])
  })

  it('shows calls as they are where they are wanted', () => {
    expect(shape(net, new Set()).links).toHaveLength(5)
  })

  it('names a speaker by the call', () => {
    expect(shape(net, new Set(['phone'])).nodes.find((node) => node.kind === 'speaker')?.label).toBe('k01.wav A')
  })
})
