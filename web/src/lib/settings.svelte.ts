import { recall, remember } from './storage'

export type Theme = 'auto' | 'light' | 'dark'
export type Language = 'en' | 'uk'

const HARSH = ['fuck', 'shit', 'бля', 'хуй', 'хуе', 'хуё', 'пизд', 'еба', 'ебл', 'єба', 'сука', 'суки', 'мудак', 'гандон', 'rape', 'изнасил', 'зґвалт', 'згвалт']

interface Kept {
  theme: Theme
  language: Language
  stepBack: number
  jump: number
  volume: number
  limit: boolean
  softStart: boolean
  clickPlays: boolean
  follow: boolean
  captions: boolean
  hideHarsh: boolean
  /** What becomes of the sound of hidden passages. */
  harshSound: 'silent' | 'skipped' | 'heard'
  /** Whether one is warned before a call with harsh themes. */
  warn: boolean
  harshWords: string[]
  showTranslation: boolean
  waveSpan: number
}

const defaults: Kept = {
  theme: 'auto',
  language: navigator.language.startsWith('uk') ? 'uk' : 'en',
  stepBack: 1,
  jump: 3,
  volume: 0.9,
  limit: true,
  softStart: true,
  clickPlays: true,
  follow: true,
  captions: false,
  hideHarsh: false,
  harshSound: 'silent',
  warn: true,
  harshWords: HARSH,
  showTranslation: true,
  waveSpan: 30,
}

/** What one person prefers, kept in this browser. */
class Settings {
  kept: Kept = $state({ ...defaults, ...recall<Partial<Kept>>('settings', {}) })

  set<K extends keyof Kept>(key: K, value: Kept[K]): void {
    this.kept[key] = value
    remember('settings', $state.snapshot(this.kept))
    this.apply()
  }

  apply(): void {
    const root = document.documentElement
    if (this.kept.theme === 'auto') delete root.dataset.theme
    else root.dataset.theme = this.kept.theme
    root.lang = this.kept.language
  }
}

export const settings = new Settings()
