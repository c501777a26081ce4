import { readdirSync, readFileSync } from 'node:fs'
import { format } from 'node:util'
import { afterEach, describe, expect, it, vi } from 'vitest'

const folder = new URL('../../examples/tutorial/', import.meta.url)
const lessons = readdirSync(folder).filter(name => name.endsWith('.ts'))

afterEach(() => {
  vi.restoreAllMocks()
})

describe('the tutorial', () => {
  it('has five lessons, each at most 80 lines', () => {
    expect(lessons.length).toBe(5)
    for (const name of lessons) expect(textOf(name).split('\n').length, name).toBeLessThanOrEqual(81)
  })

  it.each(lessons)('%s prints what it says it does', async name => {
    const printed: string[] = []
    vi.spyOn(console, 'log').mockImplementation((...values) => {
      printed.push(...format(...values).split('\n'))
    })
    await import(new URL(name, folder).href)
    expect(printed).toEqual(promised(name))
  })
})

const textOf = (name: string): string => readFileSync(new URL(name, folder), 'utf8')

/** The lines after arrows. */
const promised = (name: string): string[] =>
  [...textOf(name).matchAll(/^ *\/\/ -> ?(.*)$/gm)].map(([, line]) => line)
