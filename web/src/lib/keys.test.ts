import { beforeAll, describe, expect, it, vi } from 'vitest'

vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined, removeItem: () => undefined })

const pressed = (key: string, code = '', held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {}) => ({ key, code, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held })

describe('the names of keys', () => {
  let nameOf: typeof import('./keys.svelte').nameOf
  beforeAll(async () => {
    ;({ nameOf } = await import('./keys.svelte'))
  })

  it('are the same on a Ukrainian keyboard', () => {
    expect(nameOf(pressed('j', 'KeyJ', { ctrlKey: true }))).toBe('Ctrl+J')
    expect(nameOf(pressed('о', 'KeyJ', { ctrlKey: true }))).toBe('Ctrl+J')
  })

  it('know the keys of transcribers', () => {
    expect(nameOf(pressed('Escape', 'Escape'))).toBe('Escape')
    expect(nameOf(pressed('Tab', 'Tab', { shiftKey: true }))).toBe('Shift+Tab')
    expect(nameOf(pressed('Enter', 'Enter', { ctrlKey: true }))).toBe('Ctrl+Enter')
    expect(nameOf(pressed('4', 'Digit4', { ctrlKey: true }))).toBe('Ctrl+4')
    expect(nameOf(pressed(' ', 'Space', { ctrlKey: true }))).toBe('Ctrl+Space')
  })

  it('take ? for itself, on whichever key it lies', () => {
    expect(nameOf(pressed('?', 'Slash', { shiftKey: true }))).toBe('?')
    expect(nameOf(pressed('?', 'Digit7', { shiftKey: true }))).toBe('?')
  })

  it('are nothing while only Ctrl is held', () => {
    expect(nameOf(pressed('Control', 'ControlLeft', { ctrlKey: true }))).toBeNull()
  })
})
