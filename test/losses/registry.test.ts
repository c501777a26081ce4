import { describe, expect, it } from 'vitest'
import { generator, grad, tensor } from '../../engine/index.ts'
import { LOSSES, lossByName } from '../../losses/index.ts'
import { onReference } from '../support/onReference.ts'
import { draw, values } from './support.ts'

onReference()

const MARGINS = [
  'softmax',
  'normFace',
  'lSoftmax',
  'sphereFace',
  'sphereFaceR',
  'cosFace',
  'arcFace',
  'combinedMargin',
  'curricularFace',
  'mvSoftmax',
  'magFace',
  'adaFace',
  'elasticFace',
  'adaCos',
  'sphereFace2',
  'uniFace',
]

describe('LOSSES', () => {
  it('has every margin with every rule, and centre loss', () => {
    for (const margin of MARGINS) {
      const rules = LOSSES.filter(row => row.margin === margin).map(row => row.prototypes)
      expect(rules).toEqual(['learned', 'classCenters'])
    }
    expect([...new Set(LOSSES.map(row => row.margin))].sort()).toEqual([...MARGINS, 'none'].sort())
    expect(LOSSES).toHaveLength(2 * MARGINS.length + 1)
    expect(new Set(LOSSES.map(row => row.name)).size).toBe(LOSSES.length)
  })

  it.each(LOSSES.map(row => [row.name, row] as const))('%s: its row holds', (name, row) => {
    const loss = row.create({ classes: 3, dim: 2, ...row.defaults })
    expect(loss.name).toBe(name)
    const plain = row.create({ classes: 3, dim: 2 })
    const x = draw(generator(0), [4, 2]).astype('float32')
    expect(values(loss(x, [0, 1, 2, 2]))).toEqual(values(plain(x, [0, 1, 2, 2])))
    expect(Object.keys(loss.parameters).length > 0).toBe(
      row.prototypes === 'learned' || row.defaultMargin?.binary !== undefined,
    )
    expect(loss.refreshEvery).toBe(0)
    expect(row.equation).toMatch(/=|sum/)
    const { paper, defaults, why } = row.paperSettings
    for (const line of [paper, defaults, why]) expect(line).toMatch(/^\S.*\S$/)
    for (const option of Object.keys(row.defaults)) expect(defaults).toContain(`${option} = `)
  })

  it.each(LOSSES.map(row => [row.name, row] as const))(
    '%s: its samples are float64, varied and reproducible',
    (_, row) => {
      const sizes = new Set<string>()
      let negligible = 0
      for (let seed = 0; seed < 40; seed++) {
        const { f, inputs } = row.sample(generator(seed))
        const again = row.sample(generator(seed))
        for (const t of Object.values(inputs)) expect(t.dtype).toBe('float64')
        const z = f(inputs)
        expect(values(z)).toEqual(values(again.f(again.inputs)))
        expect(values(f(inputs))).toEqual(values(z))
        sizes.add(`${inputs.x.shape} -> ${z.shape}`)
        const watched = tensor(inputs.x.toArray(), { dtype: 'float64', requiresGrad: true })
        const g = grad(f({ ...inputs, x: watched }), watched, draw(generator(seed), z.shape))
        if (values(g).every(v => Math.abs(v) < 1e-6)) negligible++
      }
      expect(sizes.size).toBeGreaterThan(10)
      expect(negligible).toBeLessThan(8)
    },
  )
})

describe('lossByName', () => {
  it('finds, and names the nearest when there is none', () => {
    for (const row of LOSSES) expect(lossByName(row.name)).toBe(row)
    expect(() => lossByName('irCosFce')).toThrow(
      /^lossByName: one of softmax, .* expected, got irCosFce; is it irCosFace\?$/,
    )
    expect(() => lossByName('arcface')).toThrow('is it arcFace?')
  })
})
