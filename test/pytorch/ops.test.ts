import { describe, expect, test } from 'vitest'
import { OPS } from '../../engine/index.ts'
import { onReference } from '../support/onReference.ts'
import { readCases } from './cases.ts'
import { CALLS } from './ops.ts'
import { type Case, replay, title } from './replay.ts'

onReference()

const FAMILIES = [
  'elementwise',
  'reductions',
  'movement',
  'products',
  'windows',
  'activations',
  'padded',
  'images',
]
/**
 * Parts of gatherND, of relu, of prelu, of gelu, of the losses and of batch normalisation, which are compared; a convolution with what
 * follows it, which is composed of what is compared; astype, whose values are those that
 * it is given; take, which is gather of one index for every line; and dropout, whose mask comes from our own generator:
 * there is nothing of PyTorch's to agree with.
 */
const WITHOUT_CASES = [
  'astype',
  'erfc',
  'softmaxCrossEntropy',
  'oneVsRestCrossEntropy',
  'take',
  'moments',
  'dropout',
  'arcSlope',
  'reluGrad',
  'preluGrad',
  'preluSlopeGrad',
  'softmaxCrossEntropyGrad',
  'oneVsRestCrossEntropyGrad',
  'quadraticAbove',
  'quadraticAboveGrad',
  'shiftedPower',
  'normalizeGrad',
  'scaledSum',
  'ravelIndex',
  'conv2dRelu',
  'conv2dPrelu',
  'channelSums',
  'scaleShift',
  'scaleShiftAdd',
]

describe.each(FAMILIES)('as PyTorch: %s', family => {
  const cases = readCases<Case>(family)
  for (const name of new Set(cases.map(c => c.op))) {
    test(name, () => {
      for (const c of cases.filter(({ op }) => op === name)) {
        try {
          replay(c, inputs => CALLS[name](inputs, c.options as never))
        } catch (error) {
          throw new Error(`${title(c)}: ${(error as Error).message}`, { cause: error })
        }
      }
    })
  }
})

test('every op of the registry is compared', () => {
  const compared = new Set(FAMILIES.flatMap(family => readCases<Case>(family).map(c => c.op)))
  const missing = OPS.map(op => op.name).filter(name => !compared.has(name))
  expect(missing).toEqual(WITHOUT_CASES)
})
