import { settings } from './settings.svelte'

const RATES = [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2]
/** Sound comes up to its loudness in this many seconds, so that nobody is startled. */
const SOFT = 0.4

type Frame = (time: number) => void

/** One player for one page: plays, steps back after a pause, keeps loud passages below a limit. */
export class Player {
  readonly audio = new Audio()
  playing = $state(false)
  muted = $state(false)
  rate = $state(1)
  duration = $state(0)
  /** For clocks: changes ten times a second. Whoever draws listens to `onFrame`. */
  time = $state(0)
  failed = $state(false)
  /** Until when nothing is to be heard at a time; null where everything is. */
  quiet: ((time: number) => number | null) | null = null
  #frames = new Set<Frame>()
  #until: number | null = null
  #raf = 0
  #startedAt = 0
  #stepBack = false
  #context: AudioContext | null = null

  constructor() {
    this.audio.preload = 'auto'
    this.audio.addEventListener('loadedmetadata', () => (this.duration = this.audio.duration))
    this.audio.addEventListener('play', () => this.#begun())
    this.audio.addEventListener('pause', () => this.#ended())
    this.audio.addEventListener('seeked', () => this.#tell())
    // No frames are drawn for a tab behind others, but it still sounds.
    this.audio.addEventListener('timeupdate', () => this.playing && this.#level())
    this.audio.addEventListener('error', () => (this.failed = this.audio.src !== ''))
  }

  load(address: string): void {
    this.failed = false
    this.audio.src = address
    this.audio.playbackRate = this.rate
    this.audio.preservesPitch = true
  }

  onFrame(frame: Frame): () => void {
    this.#frames.add(frame)
    return () => this.#frames.delete(frame)
  }

  get now(): number {
    return this.audio.currentTime
  }

  toggle(): void {
    if (this.playing) this.pause()
    else this.play()
  }

  /** Plays from a second, or on from where it stood, a moment earlier; stops at `until` where given. */
  play(from?: number, until?: number): void {
    this.#until = until ?? null
    if (from !== undefined) this.audio.currentTime = Math.max(0, from)
    else if (this.#stepBack) this.audio.currentTime = Math.max(0, this.now - settings.kept.stepBack)
    this.#stepBack = false
    this.#route()
    this.#startedAt = performance.now()
    this.#level()
    void this.audio.play().catch(() => (this.playing = false))
  }

  pause(): void {
    this.#stepBack = this.playing
    this.audio.pause()
  }

  seek(time: number): void {
    this.#stepBack = false
    this.#until = null
    const end = Number.isFinite(this.audio.duration) ? this.audio.duration : Infinity
    this.audio.currentTime = Math.min(Math.max(0, time), end)
    this.#tell()
  }

  nudge(seconds: number): void {
    this.seek(this.now + seconds)
  }

  /** One step slower (-1) or faster (1). */
  pace(step: -1 | 1): void {
    const at = RATES.findIndex((rate) => rate >= this.rate - 0.001)
    this.setRate(RATES[Math.min(Math.max(at + step, 0), RATES.length - 1)] ?? 1)
  }

  setRate(rate: number): void {
    this.rate = rate
    this.audio.playbackRate = rate
  }

  setVolume(volume: number): void {
    settings.set('volume', volume)
    this.#level()
  }

  mute(on = !this.muted): void {
    this.muted = on
    this.audio.muted = on
  }

  close(): void {
    this.audio.pause()
    cancelAnimationFrame(this.#raf)
    this.audio.removeAttribute('src')
    this.audio.load()
    void this.#context?.close()
    this.#frames.clear()
  }

  /** A limiter between the recording and the ears. Made at the first sound, since browsers allow none before a key or click. */
  #route(): void {
    if (this.#context) {
      void this.#context.resume()
      return
    }
    if (!settings.kept.limit) return
    const context = new AudioContext({ latencyHint: 'interactive' })
    const limiter = new DynamicsCompressorNode(context, { threshold: -18, knee: 6, ratio: 20, attack: 0.002, release: 0.2 })
    context.createMediaElementSource(this.audio).connect(limiter).connect(context.destination)
    this.#context = context
  }

  #begun(): void {
    this.playing = true
    cancelAnimationFrame(this.#raf)
    this.#raf = requestAnimationFrame(() => this.#frame())
  }

  #ended(): void {
    this.playing = false
    cancelAnimationFrame(this.#raf)
    this.#tell()
  }

  #frame(): void {
    if (this.#until !== null && this.now >= this.#until) {
      this.#until = null
      this.audio.pause()
      return
    }
    this.#level()
    this.#tell()
    this.#raf = requestAnimationFrame(() => this.#frame())
  }

  #level(): void {
    const since = (performance.now() - this.#startedAt) / 1000
    const soft = settings.kept.softStart ? Math.min(1, 0.15 + since / SOFT) : 1
    const until = this.quiet?.(this.now) ?? null
    if (until !== null && settings.kept.harshSound === 'skipped' && until < this.audio.duration) this.audio.currentTime = until
    const volume = until === null ? settings.kept.volume * soft : 0
    if (Math.abs(this.audio.volume - volume) > 0.004) this.audio.volume = volume
  }

  #tell(): void {
    const time = this.now
    if (Math.abs(time - this.time) >= 0.1 || !this.playing) this.time = time
    for (const frame of this.#frames) frame(time)
  }
}
