import { describe, expect, it } from 'vitest'
import { generator } from '../../engine/index.ts'
import { LOSSES, PRESETS, type PresetName } from '../../losses/index.ts'
import { presetOf, withPreset } from '../../losses/presets.ts'
import { onReference } from '../support/onReference.ts'
import { CENTERS, draw, values } from './support.ts'

onReference()

const sizes = { classes: 3, dim: 2, dtype: 'float64' } as const
const names = Object.keys(PRESETS) as PresetName[]

describe('presets', () => {
  it('are of losses over class centres, and each can be made by each', () => {
    for (const preset of names) {
      const known = CENTERS.map(row => row.name)
      expect(known).toEqual(expect.arrayContaining(Object.keys(PRESETS[preset].byLoss)))
      for (const row of CENTERS) {
        expect(Object.keys(row.create({ ...sizes, preset }).parameters)).toEqual(
          (row.name === 'irSoftmax' && preset === 'paper') || row.defaultMargin?.binary ? ['b'] : [],
        )
      }
    }
  })

  it('leave the length of x free in every loss whose s may be that length', () => {
    for (const row of CENTERS) {
      try {
        row.create({ ...sizes, s: 'norm' })
      } catch {
        continue
      }
      for (const preset of names)
        expect([row.name, preset, presetOf(row.name, preset).s ?? row.defaults.s]).toEqual([
          row.name,
          preset,
          'norm',
        ])
    }
  })

  it('recommended is the default, as rows state it', () => {
    const x = draw(generator(1), [4, 2])
    for (const row of CENTERS) {
      const [plain, named, stated] = [{}, { preset: 'recommended' as const }, row.defaults].map(own => {
        const loss = row.create({ ...sizes, ...own })
        loss.update(x, [0, 1, 2, 2])
        return values(loss(x, [0, 1, 2, 2]))
      })
      expect(named).toEqual(plain)
      expect(stated).toEqual(plain)
    }
  })

  it('give way to what is given, and leave out what belongs to another estimator', () => {
    expect(withPreset('irCosFace', { ...sizes, preset: 'paper', pull: 0.5, alpha: 0.7 })).toMatchObject({
      estimator: 'sphere',
      pull: 0.5,
      alpha: 0.7,
    })
    const exact = withPreset('irCosFace', { ...sizes, preset: 'paper', estimator: 'exact' })
    expect(exact).toMatchObject({ pull: 1, subtractMean: false })
    expect(exact).not.toHaveProperty('alpha')
    expect(exact).not.toHaveProperty('usePreviousCenters')
    const average = withPreset('irCosFace', { ...sizes, preset: 'paper', estimator: 'ema' })
    expect(average).toMatchObject({ usePreviousCenters: true })
    expect(average).not.toHaveProperty('alpha')
    const through = withPreset('irCosFace', { ...sizes, preset: 'paper', differentiate: true })
    expect(through).not.toHaveProperty('usePreviousCenters')
    expect(withPreset('irCosFace', { ...sizes, preset: 'paper', pull: undefined })).toMatchObject({ pull: 1 })
  })

  it('that are none are refused', () => {
    const row = LOSSES.find(row => row.name === 'irCosFace')!
    expect(() => row.create({ ...sizes, preset: 'papers' as 'paper' })).toThrow(
      'irCosFace: preset as one of paper, recommended expected, got "papers"',
    )
    const learned = LOSSES.find(row => row.name === 'cosFace')!
    expect(() => learned.create({ ...sizes, preset: 'paper' })).toThrow('cosFace: there is no option preset')
    for (const [blend, message] of [
      [3, 'cosFace: blend as true, false or { lambda, maxAge } expected, got 3'],
      [{ lambda: 1 }, 'cosFace: blend: lambda'],
      [{ maxAge: 0 }, 'cosFace: blend: maxAge'],
      [{ delta: 200 }, 'did you mean maxAge?'],
    ] as const) {
      expect(() => learned.create({ ...sizes, blend: blend as unknown as boolean })).toThrow(message)
    }
    expect(() => learned.create({ ...sizes, pull: -1 })).toThrow(
      'cosFace: pull is a finite number >= 0, got -1',
    )
  })
})
