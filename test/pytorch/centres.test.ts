import { describe, test } from 'vitest'
import { grad } from '../../engine/index.ts'
import * as losses from '../../losses/index.ts'
import { type Arrays, expectAgreement, type Packed, readCases, unpack } from './cases.ts'

type Labelled<Name extends string> = Readonly<Record<Name, Packed>> & { readonly y: readonly number[] }

interface Run {
  readonly op: keyof typeof FACTORIES
  readonly options: object
  /** The centres or W, and a bias. */
  readonly start: Arrays
  readonly steps: readonly (Labelled<'x' | 'z' | 'dz' | 'grad' | 'W'> & {
    readonly gradW?: Packed
    readonly refreshed?: Labelled<'x' | 'W'>
  })[]
}

const FACTORIES = {
  irSoftmax: losses.irSoftmax,
  irNormFace: losses.irNormFace,
  irLSoftmax: losses.irLSoftmax,
  irSphereFace: losses.irSphereFace,
  irCosFace: losses.irCosFace,
  irArcFace: losses.irArcFace,
  irCombinedMargin: losses.irCombinedMargin,
  centerLoss: losses.centerLoss,
  softmax: losses.softmaxLoss,
  cosFace: losses.cosFace,
  arcFace: losses.arcFace,
}

describe('class centres, as a loop over samples in PyTorch', () => {
  test.each(readCases<Run>('centres').map(c => [`${c.op} ${JSON.stringify(c.options)}`, c] as const))(
    '%s',
    (_, c) => {
      const [classes, dim] = Object.values(c.start)[0].shape
      const loss = FACTORIES[c.op]({ ...c.options, classes, dim, dtype: 'float64', reduction: 'none' })
      const { tensors, values } = loss.state()
      const started = Object.keys(tensors).map(name => [
        name,
        name in c.start ? unpack(c.start[name]) : tensors[name],
      ])
      loss.load({ tensors: Object.fromEntries(started), values })
      c.steps.forEach((step, t) => {
        const x = unpack(step.x, true)
        const z = losses.trainingLoss(loss, x, step.y)
        expectAgreement(`step ${t}: prototypes`, loss.prototypes, step.W)
        expectAgreement(`step ${t}: loss`, z, step.z)
        expectAgreement(`step ${t}: gradient in x`, grad(z, x, unpack(step.dz)), step.grad)
        if (step.gradW !== undefined) {
          expectAgreement(`step ${t}: gradient in W`, grad(z, loss.parameters.W, unpack(step.dz)), step.gradW)
        }
        if (step.refreshed === undefined) return
        loss.refresh(unpack(step.refreshed.x), step.refreshed.y)
        expectAgreement(`step ${t}: prototypes after the refresh`, loss.prototypes, step.refreshed.W)
      })
    },
  )
})
