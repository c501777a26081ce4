import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { generator } from '../../engine/index.ts'
import { draw, SIDE } from '../../examples/shapes/draw.ts'
import { shapesFolder } from '../../examples/shapes/folder.ts'
import { jobsOf, parseOptions } from '../../examples/shapes/options.ts'
import { run } from '../../examples/shapes/run.ts'
import { SHAPES } from '../../examples/shapes/shapes.ts'
import { table } from '../../examples/shapes/table.ts'
import { temporaryFolder } from '../support/temporaryFolder.ts'

const filesOf = (folder: string): string[] =>
  (readdirSync(folder, { recursive: true }) as string[]).filter(name => name.endsWith('.png')).sort()

const hashOf = (folder: string): string =>
  filesOf(folder)
    .reduce((hash, name) => hash.update(name).update(readFileSync(join(folder, name))), createHash('sha256'))
    .digest('hex')

describe('shapes', () => {
  it('are twelve, within the disc about the origin, and no two alike', () => {
    const points = Array.from({ length: 81 * 81 }, (_, i) => [(i % 81) / 40 - 1, Math.floor(i / 81) / 40 - 1])
    const drawn = Object.values(SHAPES).map(shape => points.map(([x, y]) => shape(x, y)))
    expect(drawn).toHaveLength(12)
    for (const [i, one] of drawn.entries()) {
      const area = one.filter(Boolean).length / points.length
      expect(area).toBeGreaterThan(0.1)
      // Corners may leave the disc a little.
      expect(points.every(([x, y], k) => !one[k] || Math.hypot(x, y) < 1.25)).toBe(true)
      for (const other of drawn.slice(i + 1)) {
        expect(one.filter((inside, k) => inside !== other[k]).length / points.length).toBeGreaterThan(0.04)
      }
    }
  })

  it('are drawn from the generator alone', () => {
    const once = () => draw(SHAPES.star, generator(3))
    expect(once()).toEqual(once())
    expect(once()).not.toEqual(draw(SHAPES.star, generator(4)))
    expect(once()).toHaveLength(3 * SIDE * SIDE)
  })
})

describe('the folder of shapes', () => {
  const [home, again, other] = [temporaryFolder(), temporaryFolder(), temporaryFolder()]

  it('has 199 images to train on, 40 of the commonest shape down to 4, and 30 of each to test', () => {
    shapesFolder(home, 1)
    const counts = Object.keys(SHAPES).map(name => filesOf(join(home, 'train', name)).length)
    expect([...counts].sort((a, b) => b - a)).toEqual([40, 33, 27, 22, 18, 14, 12, 10, 8, 6, 5, 4])
    for (const name of Object.keys(SHAPES)) expect(filesOf(join(home, 'test', name))).toHaveLength(30)
  }, 60_000)

  it('is the same for the same seed, and written once', () => {
    shapesFolder(again, 1)
    shapesFolder(other, 2)
    expect(hashOf(again)).toBe(hashOf(home))
    expect(hashOf(other)).not.toBe(hashOf(home))
    const before = hashOf(home)
    shapesFolder(home, 1)
    expect(hashOf(home)).toBe(before)
  }, 60_000)

  it('is trained on, and judged, to the same figures every time', async () => {
    const job = { loss: 'irCosFace', seed: 1, steps: 6, out: home }
    const [one, two] = [await run(job), await run(job)]
    const { seconds: _, ...figures } = one.run
    expect(two.run).toMatchObject(figures)
    for (const name of ['accuracy', 'tail', 'train', 'ncm'] as const) {
      expect(figures[name]).toBeGreaterThanOrEqual(0)
      expect(figures[name]).toBeLessThanOrEqual(1)
    }
    expect(figures.steps).toBe(6)
  }, 60_000)
})

describe('the command', () => {
  it('trains every loss but centre loss, and those of a fixed scale also without it, five seeds of 20 epochs', () => {
    const jobs = jobsOf(parseOptions([]))
    const names = [...new Set(jobs.map(job => job.loss))]
    expect(jobs).toHaveLength(5 * names.length)
    expect(names.filter(name => name.endsWith('-norm'))).toEqual(
      expect.arrayContaining(['normFace-norm', 'cosFace-norm', 'arcFace-norm', 'combinedMargin-norm']),
    )
    expect(jobs.slice(0, 2)).toMatchObject([
      { loss: 'softmax', seed: 0, steps: 125 },
      { loss: 'irSoftmax', seed: 0, steps: 125 },
    ])
  })

  it('prints means over seeds, the best loss first', () => {
    const figures = (loss: string, seed: number, accuracy: number) => ({
      ...{ loss, seed, accuracy, tail: accuracy / 2, train: 1, ncm: 0.5, seconds: 1 },
    })
    expect(
      table([figures('softmax', 0, 0.4), figures('irCosFace', 0, 0.6), figures('irCosFace', 1, 0.7)]).split(
        '\n',
      ),
    ).toEqual([
      '| loss | accuracy | four rarest | training images | nearest class mean | accuracy by seed |',
      '| --- | --- | --- | --- | --- | --- |',
      '| `irCosFace` | 65.0 | 32.5 | 100.0 | 50.0 | 60 70 |',
      '| `softmax` | 40.0 | 20.0 | 100.0 | 50.0 | 40 |',
    ])
  })
})
