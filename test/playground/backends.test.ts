import { describe, expect, test } from 'vitest'
import { builtPage } from './builtPage.ts'
import type { Row, Visitor } from './visitor.ts'

const open = builtPage()

/** Columns of a row: the step, the losses of either side. */
const [STEP, LEFT, RIGHT] = [0, 1, 5]

/** One step, then on to the tenth by the keyboard: the rows of steps 0, 1 and 10. */
async function firstSteps(visitor: Visitor): Promise<Row[]> {
  await visitor.page.locator('#step').click()
  await visitor.waits('paused')
  await visitor.page.locator('#go').press('Enter')
  await visitor.takes(10)
  await visitor.pauses()
  const rows = (await visitor.rows()).filter(row => row[STEP] <= 10)
  expect(rows.map(row => row[STEP])).toEqual([0, 1, 10])
  return rows
}

// In space the view turns, which takes a software renderer as long as the training.
describe.each([
  ['wasm', 3],
  ['webgl2', 2],
  ['webgpu', 2],
])('on %s', (backend, dim) => {
  test('it learns, draws, takes another setting, pauses, and an address gives the same run again', async () => {
    const visitor = await open({ query: `?backend=${backend}&dim=${dim}` })
    const { page } = visitor
    expect(await page.locator('#place').textContent()).toContain(backend)

    // A control, by the keyboard: it stands in the address.
    const margin = page.getByRole('group', { name: 'Left' }).getByLabel('margin m')
    await margin.press('ArrowRight')
    await page.waitForURL(/left\.m=0\.25/)
    await visitor.waits('ready')

    const before = await visitor.pictures()
    const rows = await firstSteps(visitor)
    const after = await visitor.pictures()
    for (const [i, picture] of before.entries()) expect(after[i]).not.toBe(picture)
    const [, first, last] = rows
    for (const side of [LEFT, RIGHT]) expect(last[side]).toBeLessThan(0.8 * first[side])

    await page.reload()
    await visitor.waits('ready')
    expect(await firstSteps(visitor)).toEqual(rows)
    expect(visitor.wrong).toEqual([])
    await visitor.close()
  })
})

test('a host without headers of its own serves it on one thread', async () => {
  const visitor = await open({ host: 'plain' })
  expect(await visitor.page.locator('#place').textContent()).toContain(
    '1 thread (the page is not cross-origin isolated)',
  )
  await visitor.page.locator('#step').click()
  await visitor.waits('paused')
  expect((await visitor.rows()).map(row => row[STEP])).toEqual([0, 1])
  expect(visitor.wrong).toEqual([])
  await visitor.close()
})

test('a run is taken to its end, judged on all images, and begins again', async () => {
  const visitor = await open({ query: '?steps=50' })
  const { page } = visitor
  await page.locator('#go').click()
  await visitor.waits('finished')
  const figures = await page.locator('#left-figures').textContent()
  expect(figures).toContain('of all test images')
  await page.locator('#go').click()
  await visitor.waits('finished')
  expect(await page.locator('#left-figures').textContent()).toBe(figures)
  await page.locator('#reset').click()
  await visitor.waits('ready')
  expect(visitor.wrong).toEqual([])
  await visitor.close()
})

test('what an address says wrongly is told', async () => {
  const visitor = await open({ query: '?left=cosFaec' })
  expect(await visitor.page.getByRole('alert').textContent()).toContain('is it cosFace?')
  await visitor.close()
})
