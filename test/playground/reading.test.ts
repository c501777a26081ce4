import { describe, expect, test } from 'vitest'
import { builtPage } from './builtPage.ts'

const open = builtPage()

/** WCAG 2.2, 1.4.3: what text needs against what is behind it. */
const CONTRAST = 4.5

describe.each(['light', 'dark'] as const)('in %s', colorScheme => {
  test('text and both sides stand out, and the button turns it round', async () => {
    const visitor = await open({}, { colorScheme })
    const { page } = visitor
    const luminance = (): Promise<Record<string, number>> =>
      page.evaluate(() => {
        const style = getComputedStyle(document.documentElement)
        const of = (name: string): number => {
          const hex = style.getPropertyValue(`--${name}`).trim()
          const full = hex.length === 4 ? hex.replace(/[0-9a-f]/gi, '$&$&') : hex
          const [r, g, b] = [1, 3, 5].map(at => {
            const c = Number.parseInt(full.slice(at, at + 2), 16) / 255
            return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
          })
          return 0.2126 * r + 0.7152 * g + 0.0722 * b
        }
        return Object.fromEntries(
          ['page', 'panel', 'ink', 'soft', 'left', 'right'].map(name => [name, of(name)]),
        )
      })
    const colors = await luminance()
    for (const text of ['ink', 'soft', 'left', 'right']) {
      const [low, high] = [colors[text], colors.page].sort((a, b) => a - b)
      expect((high + 0.05) / (low + 0.05)).toBeGreaterThan(CONTRAST)
    }
    expect(colors.page > colors.ink).toBe(colorScheme === 'light')
    const before = await visitor.pictures()
    await page.getByRole('button', { name: 'Dark' }).click()
    const turned = await luminance()
    expect(turned.page > turned.ink).toBe(colorScheme === 'dark')
    const after = await visitor.pictures()
    for (const [i, picture] of before.entries()) expect(after[i]).not.toBe(picture)
    await visitor.close()
  })
})

test('everything that can be used has a name, and every picture says what it shows', async () => {
  const visitor = await open({ query: '?dim=3&left=irCombinedMargin&right=irSphereFace' })
  const { page } = visitor
  await page.locator('#step').click()
  await visitor.waits('paused')
  const fields = page.locator('input, select')
  expect(await fields.count()).toBeGreaterThan(15)
  for (const field of await fields.all()) {
    expect(await field.evaluate(it => (it as HTMLInputElement).labels?.[0]?.textContent ?? '')).not.toBe('')
  }
  for (const button of await page.locator('button:visible').all())
    expect(await button.textContent()).not.toBe('')
  for (const picture of await page.getByRole('img').all()) {
    expect(await picture.getAttribute('aria-label')).toMatch(/\d/)
  }
  // By the keyboard alone: a picture of space is turned by its arrows.
  await page.locator('#turn').click()
  const before = await visitor.pictures()
  await page.locator('#left-embedding').press('ArrowLeft')
  const after = await visitor.pictures()
  expect(after[0]).not.toBe(before[0])
  await visitor.close()
})

test.each([320, 390])('a phone %i pixels wide shows it without scrolling sideways', async width => {
  const visitor = await open({}, { viewport: { width, height: 2700 } })
  const { page } = visitor
  await page.locator('#settings summary').click()
  const [inner, all] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth])
  expect(all).toBeLessThanOrEqual(inner)
  await visitor.close()
})
