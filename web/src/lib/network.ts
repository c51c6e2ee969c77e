import cytoscape from 'cytoscape'
import type { Net } from './types'

/**
 * The picture of the network. The policy of the page allows no style that a script writes into the page; cytoscape writes
 * one (a position that our own style gives) unless an element of its name is there.
 */
export function draw(host: HTMLElement, net: Net, onpick: (id: string | null) => void): cytoscape.Core {
  const name = '__________cytoscape_stylesheet'
  if (!document.getElementById(name)) {
    const stand = document.createElement('meta')
    stand.id = name
    document.head.append(stand)
  }
  const ids = new Set(net.nodes.map((node) => node.id))
  const cy = cytoscape({
    container: host,
    elements: [
      ...net.nodes.map((node) => ({ data: { id: node.id, label: node.label, kind: node.kind } })),
      ...net.links.filter((link) => ids.has(link.from) && ids.has(link.to)).map((link, i) => ({ data: { id: `l${i}`, source: link.from, target: link.to, kind: link.kind, width: link.kind === 'calls' ? Math.min(7, 1 + Math.sqrt(link.score ?? 1)) : 1.4, sure: link.standing === 'confirmed' || link.standing === null ? 1 : 0 } })),
    ],
    style: styles(host),
    layout: { name: 'cose', animate: false, nodeRepulsion: () => 40000, idealEdgeLength: () => 110, componentSpacing: 90, nodeDimensionsIncludeLabels: true, padding: 30 },
    maxZoom: 4,
    minZoom: 0.1,
  })
  if (cy.zoom() > 1.5) {
    cy.zoom(1.5)
    cy.center()
  }
  cy.on('tap', (event) => onpick(event.target === cy ? null : event.target.isNode?.() ? event.target.id() : null))
  return cy
}

export function restyle(cy: cytoscape.Core, host: HTMLElement): void {
  cy.style(styles(host))
}

function styles(host: HTMLElement): cytoscape.StylesheetStyle[] {
  const probe = document.createElement('span')
  host.append(probe)
  const colour = (property: string) => {
    probe.style.color = `var(${property})`
    return getComputedStyle(probe).color
  }
  const [ink, line, sheet, accent] = [colour('--ink'), colour('--strong-line'), colour('--sheet'), colour('--accent')]
  const kinds = { phone: [colour('--s0'), 'round-rectangle'], voice: [colour('--s2'), 'ellipse'], person: [colour('--s1'), 'hexagon'], speaker: [colour('--s6'), 'diamond'], call: [colour('--s5'), 'rectangle'] } as const
  probe.remove()
  const node = { width: 20, height: 20, label: 'data(label)', color: ink, 'font-size': 11, 'text-valign': 'bottom', 'text-margin-y': 4, 'text-outline-color': sheet, 'text-outline-width': 2, 'min-zoomed-font-size': 6 } as const
  return [
    { selector: 'node', style: node },
    ...Object.entries(kinds).map(([kind, [fill, shape]]) => ({ selector: `node[kind="${kind}"]`, style: { 'background-color': fill, shape } })),
    { selector: 'edge', style: { width: 'data(width)', 'line-color': line, 'curve-style': 'haystack' } },
    { selector: 'edge[sure=0]', style: { 'line-style': 'dashed' } },
    { selector: '.far', style: { opacity: 0.15 } },
    { selector: 'node:selected', style: { 'border-width': 3, 'border-color': accent } },
  ]
}
