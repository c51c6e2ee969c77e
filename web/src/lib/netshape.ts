import type { Net } from './types'

/**
 * The network as a picture can hold it: speakers named by their call, and calls that are not shown drawn together to a
 * line between the two phones, with how many there were.
 */
export function shape(net: Net, hidden: ReadonlySet<string>): Net {
  const names = new Map(net.nodes.map((node) => [node.id, node]))
  const nodes = net.nodes.filter((node) => !hidden.has(node.kind)).map((node) => ({ ...node, label: labelOf(node, names) }))
  const shown = new Set(nodes.map((node) => node.id))
  const links = net.links.filter((link) => shown.has(link.from) && shown.has(link.to))
  return { nodes, links: hidden.has('call') && !hidden.has('phone') ? [...links, ...between(net)] : links }
}

function labelOf(node: Net['nodes'][number], names: Map<string, Net['nodes'][number]>): string {
  if (node.kind !== 'speaker') return node.label
  const [, call, letter] = /^speaker:(.+):([^:]+)$/.exec(node.id) ?? []
  const name = names.get(`call:${call}`)?.label ?? call
  return letter && name ? `${name} ${letter}` : node.label
}

/** A line for every two phones that talked, with the number of calls as its kind's measure. */
function between(net: Net): Net['links'] {
  const made = new Map<string, string>()
  const reached = new Map<string, string>()
  for (const link of net.links) {
    if (link.kind === 'made') made.set(link.to, link.from)
    else if (link.kind === 'reached') reached.set(link.from, link.to)
  }
  const counts = new Map<string, { from: string; to: string; n: number }>()
  for (const [call, from] of made) {
    const to = reached.get(call)
    if (!to) continue
    const key = `${from} ${to}`
    const pair = counts.get(key) ?? { from, to, n: 0 }
    pair.n += 1
    counts.set(key, pair)
  }
  return [...counts.values()].map(({ from, to, n }) => ({ from, to, kind: 'calls', standing: null, score: n }))
}
