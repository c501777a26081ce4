import { describe, expect, test } from 'vitest'
import { generator } from '../../engine/index.ts'
import { page } from '../../examples/long-tail/page/page.ts'
import type { Points, Results, Run } from '../../examples/long-tail/results.ts'
import { longTail } from '../../examples/long-tail/split.ts'

const rng = generator(3)

function runOf(loss: string, { imbalance = 100, dim = 2, angle = 0.5 } = {}): Run {
  const vector = (): number[] => Array.from({ length: dim }, () => rng.normal())
  const classes = longTail(imbalance, 10).map((trainSize, digit) => ({
    digit,
    trainSize,
    testSize: 5,
    accuracy: rng.uniform(),
    ncm: 0.5,
    angle,
    prototype: vector(),
    centre: vector(),
  }))
  const figures = { accuracy: 0.5, tail: 0.25, ncm: 0.5, angleHead: angle, angleTail: angle, seconds: 1 }
  return {
    loss,
    seed: 0,
    ...figures,
    classes,
    steps: 3,
    curve: [
      [1, 2],
      [2, 1.5],
      [3, 1],
    ],
  }
}

const points: Points = {
  x: Array.from({ length: 100 }, () => rng.normal()),
  y: Array.from({ length: 50 }, (_, i) => i % 10),
}

function resultsOf(runs: Run[], more: Partial<Results> = {}): Results {
  const options = { steps: 3, imbalance: 100, dim: 2, backend: 'auto' as const, seeds: [0] }
  return {
    options: { ...options, losses: runs.map(run => run.loss) },
    partial: false,
    runs,
    unfinished: [],
    ...more,
  }
}

const pictures = (html: string): string[] => html.match(/<svg[^>]*role="img".*?<\/svg>/gs) ?? []

describe('the report', () => {
  test('draws every test image but the few that lie far out, two rays a class, and the sizes', () => {
    const run = runOf('irCosFace')
    const [embedding, ...others] = pictures(page(resultsOf([run]), [{ run, points }]))
    expect(others.length).toBe(3)
    expect(embedding.match(/<circle/g)?.length).toBeGreaterThanOrEqual(0.97 * 50)
    expect(embedding.match(/<path/g)?.length).toBe(20)
    for (const n of longTail(100, 10)) expect(embedding).toContain(`>${n}</text>`)
  })

  test('a size below every class, on the log axis too', () => {
    const run = runOf('normFace')
    const [angles] = pictures(page(resultsOf([run]), [{ run }]))
    for (const n of longTail(100, 10)) expect(angles).toContain(`>${n}</text>`)
    expect(angles).toContain('>tail</text>')
  })

  test('does without the plane where there is none, and without a tail where classes are equal', () => {
    const run = runOf('normFace', { imbalance: 1, dim: 3 })
    const html = page(resultsOf([run]), [{ run }])
    expect(pictures(html).length).toBe(3)
    expect(html).not.toContain('>tail</text>')
    expect(html).not.toMatch(/NaN|undefined|Infinity/)
  })

  test('an angle that is not defined is a dash', () => {
    const run = runOf('normFace', { angle: Number.NaN })
    const html = page(resultsOf([run]), [{ run, points }])
    expect(html).toContain('<td>–</td>')
    expect(html).not.toContain('NaN')
  })

  test('without a run it says so, and what went wrong is text and not markup', () => {
    const unfinished = [{ loss: 'arcFace', seed: 4, step: 7, error: 'loss <b> & "NaN"' }]
    const html = page(resultsOf([], { partial: true, unfinished }), [])
    expect(html).toContain('No run was done')
    expect(html).toContain('ArcFace, seed 4 (step 7: loss &lt;b&gt; &amp; &quot;NaN&quot;)')
  })
})
