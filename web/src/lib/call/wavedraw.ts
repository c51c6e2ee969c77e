/** Draws the wave from the peaks that the server measured. Knows no component. */

export interface Stretch {
  start: number
  end: number
  channel: number
  /** Which speaker's colour, -1 for nobody. */
  colour: number
}

export interface Palette {
  speakers: string[]
  silence: string
  cursor: string
  ground: string
  window: string
  text: string
}

export interface View {
  from: number
  to: number
}

export function palette(element: Element): Palette {
  // Custom properties come back unresolved (light-dark()), so each is read from a property that resolves it.
  const probe = document.createElement('span')
  element.append(probe)
  const read = (name: string) => {
    probe.style.color = `var(${name})`
    return getComputedStyle(probe).color
  }
  const found: Palette = {
    speakers: Array.from({ length: 8 }, (_, i) => read(`--s${i}`)),
    silence: read('--strong-line'),
    cursor: read('--ink'),
    ground: read('--sunk'),
    window: read('--accent-wash'),
    text: read('--soft'),
  }
  probe.remove()
  return found
}

/** For every step of every channel, whose colour it has. Made once, when turns change. */
export function colourSteps(channels: number, steps: number, perSecond: number, turns: readonly Stretch[]): Int8Array[] {
  const all = Array.from({ length: channels }, () => new Int8Array(steps).fill(-1))
  for (const turn of turns) {
    const track = all[Math.min(turn.channel, channels - 1)]
    track?.fill(turn.colour, Math.max(0, Math.floor(turn.start * perSecond)), Math.ceil(turn.end * perSecond))
  }
  return all
}

/** Fits a canvas to its place on the screen; returns its size in CSS pixels. */
export function fit(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D): { width: number; height: number } {
  const scale = devicePixelRatio || 1
  const width = canvas.clientWidth
  const height = canvas.clientHeight
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale)
    canvas.height = Math.round(height * scale)
  }
  context.setTransform(scale, 0, 0, scale, 0, 0)
  return { width, height }
}

export interface Drawn {
  channels: readonly (readonly number[])[]
  colours: readonly Int8Array[]
  perSecond: number
  /** What the loudest peak is drawn as, so that quiet calls can be seen. */
  gain: number
}

/** The wave between two seconds, one bar for every `bar` pixels. */
export function drawWave(context: CanvasRenderingContext2D, size: { width: number; height: number }, view: View, wave: Drawn, colours: Palette, bar = 3): void {
  const lane = size.height / wave.channels.length
  const perPixel = (view.to - view.from) / size.width
  // Bars stand on a fixed grid of the sound, so that they slide and do not flicker when the view moves.
  const grid = perPixel * bar
  const first = Math.floor(view.from / grid)
  wave.channels.forEach((peaks, channel) => {
    const middle = lane * (channel + 0.5)
    const track = wave.colours[channel]
    for (let slot = first; slot * grid < view.to; slot += 1) {
      const a = Math.max(0, Math.floor(slot * grid * wave.perSecond))
      const b = Math.max(a + 1, Math.floor((slot + 1) * grid * wave.perSecond))
      if (a >= peaks.length) break
      let top = 0
      for (let i = a; i < b && i < peaks.length; i += 1) top = Math.max(top, peaks[i] ?? 0)
      const height = Math.max(1, Math.min(1, top * wave.gain) * (lane - 4))
      const colour = track?.[(a + b) >> 1] ?? -1
      context.fillStyle = (colour >= 0 && colours.speakers[colour % 8]) || colours.silence
      context.fillRect((slot * grid - view.from) / perPixel, middle - height / 2, Math.max(1, bar - 1), height)
    }
  })
}

/** Seconds along the lower edge, at a round distance. */
export function drawTimes(context: CanvasRenderingContext2D, size: { width: number; height: number }, view: View, colours: Palette, clock: (s: number) => string): void {
  const seconds = view.to - view.from
  const step = [1, 2, 5, 10, 30, 60, 300, 600, 1800].find((s) => (s / seconds) * size.width > 70) ?? 3600
  context.fillStyle = colours.text
  context.font = '11px system-ui, sans-serif'
  for (let at = Math.ceil(view.from / step) * step; at < view.to; at += step) {
    const x = ((at - view.from) / seconds) * size.width
    context.fillRect(x, size.height - 4, 1, 4)
    context.fillText(clock(at), x + 3, size.height - 2)
  }
}
