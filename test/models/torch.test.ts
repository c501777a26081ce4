import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { generator } from '../../engine/index.ts'
import { contrastive, irCosFace } from '../../losses/index.ts'
import { instances } from '../../models/data/samplers.ts'
import { sourceOf } from '../../models/data/source.ts'
import * as layers from '../../models/layers/index.ts'
import { exportTorch, importTorch } from '../../models/node/index.ts'
import { accumulate, adam, warmup } from '../../models/optim/index.ts'
import { torchFiles } from '../../models/torch/files.ts'
import { temporaryFolder } from '../support/temporaryFolder.ts'
import { CASES } from '../torch/cases.ts'
import { bits, build, CLASSES, clouds, dataOf, richNet, take } from './training.ts'

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
const NAMES = [
  'data.safetensors',
  'model.safetensors',
  'net.py',
  'tools.py',
  'train.py',
  'training.safetensors',
]

describe('exportTorch', () => {
  it.each(CASES)('$name: a program of at most 200 lines', ({ make }) => {
    const files = torchFiles(make())
    expect(Object.keys(files).sort()).toEqual(NAMES)
    const lines = text(files['train.py']).trimEnd().split('\n')
    expect(lines.length).toBeLessThanOrEqual(200)
    for (const line of [...lines, ...text(files['net.py']).split('\n')]) {
      expect(line.length).toBeLessThanOrEqual(160)
      expect(line).not.toMatch(/undefined|NaN|\[object/)
    }
  })

  it('writes whole files, also over those of before, and nothing where something has no form', () => {
    const folder = temporaryFolder()
    exportTorch(build(), folder)
    exportTorch(build({ net: richNet }), folder)
    expect(readdirSync(folder).sort()).toEqual(NAMES)
    const empty = join(folder, 'empty')
    expect(() =>
      exportTorch(build({ loss: () => irCosFace({ classes: CLASSES, dim: 2, differentiate: true }) }), empty),
    ).toThrow('exportTorch: irCosFace: differentiate has no form in PyTorch here: a gradient through centres')
    expect(() => readdirSync(empty)).toThrow()
  })

  it('refuses by name what it cannot say', () => {
    const refused = (setting: Parameters<typeof build>[0], error: string): void =>
      expect(() => torchFiles(build(setting))).toThrow(error)
    refused(
      { loss: () => contrastive() as never, optimizer: net => adam(net.parameters) },
      'a margin loss of the library expected',
    )
    refused(
      { optimizer: (net, loss) => accumulate(adam({ ...net.parameters, ...loss.parameters }), 2) },
      'optimizer: one of',
    )
    refused(
      { more: { schedule: () => 1 } },
      'schedule: one of constant, warmupCosine, stepDecay, multiStepDecay, exponentialDecay, polynomialDecay, cosineAnnealing, warmup, oneCycle expected',
    )
    refused({ more: { schedule: warmup(() => 1, { steps: 9 }) } }, 'schedule: warmup: one of constant')
    refused(
      { more: { sampling: instances({ window: 20 }) } },
      'sampling instances has no form in PyTorch here: a window',
    )
    const flat = () => layers.sequential({ flatten: layers.flatten() })
    // Vectors stay as they are: nothing is turned.
    expect(() =>
      torchFiles(build({ net: flat, optimizer: (_, loss) => adam(loss.parameters) })),
    ).not.toThrow()
  })
})

describe('exportTorch and importTorch', () => {
  it('refuse by name what is no trainer or no folder', () => {
    for (const [op, f] of Object.entries({ exportTorch, importTorch })) {
      const call = f as (...given: unknown[]) => void
      expect(() => call()).toThrow(`${op}: a Trainer expected, got undefined`)
      expect(() => call({}, 'folder')).toThrow(`${op}: a Trainer expected, got`)
      expect(() => call(build())).toThrow(`${op}: dir as the path of a folder expected, got undefined`)
    }
  })

  it('leave out the samples of a source, which the program then asks for by name', () => {
    const { x, y } = dataOf({})
    const source = sourceOf(x)
    const files = torchFiles(build({ more: { x: source, y } }))
    expect(Object.keys(files).sort()).toEqual(NAMES.filter(name => name !== 'data.safetensors'))
    expect(text(files['tools.py'])).toContain('A training on a source is exported without')
  })
})

describe('importTorch', () => {
  it('takes back what was exported, to the bit', () => {
    for (const { make } of CASES) {
      const folder = temporaryFolder()
      const [trainer, back] = [make(), make()]
      take(trainer, 3)
      exportTorch(trainer, folder)
      importTorch(back, folder)
      const told = (one: typeof back) => {
        const { tensors, values } = one.state()
        // Sums of centres in float64, which are added up anew; and dropout's draws, which PyTorch does not take over.
        const { 'loss.total': total, 'net.drop.rng': _, ...exact } = values
        return { bits: bits({ tensors, values: exact }), total: [total ?? []].flat() as number[] }
      }
      expect(told(back).bits).toBe(told(trainer).bits)
      told(back).total.forEach((sum, i) => {
        expect(sum).toBeCloseTo(told(trainer).total[i], 12)
      })
    }
  })

  it('refuses a training of another number of samples', () => {
    const folder = temporaryFolder()
    exportTorch(build(), folder)
    const { x, y } = clouds(64, generator(1))
    const other = build({ more: { x, y } })
    const before = bits(other.state())
    expect(() => importTorch(other, folder)).toThrow('importTorch: a training of 64 samples expected, got 50')
    expect(bits(other.state())).toBe(before)
  })

  it('leaves a trainer as it was where the files are not its own', () => {
    const folder = temporaryFolder()
    exportTorch(build(), folder)
    const other = build({ net: richNet })
    const before = bits(other.state())
    expect(() => importTorch(other, folder)).toThrow('importTorch: model.safetensors: other names expected')
    const path = join(folder, 'training.safetensors')
    const bytes = readFileSync(path)
    writeFileSync(path, bytes.subarray(0, bytes.length - 4))
    const same = build()
    const state = bits(same.state())
    expect(() => importTorch(same, folder)).toThrow('importTorch: training.safetensors')
    expect([bits(other.state()), bits(same.state())]).toEqual([before, state])
  })
})
