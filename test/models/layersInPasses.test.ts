import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { generator, grad, noGrad, randn, type Tensor, tidy } from '../../engine/index.ts'
import { seeds } from '../../engine/testing/index.ts'
import { layers } from '../../models/index.ts'
import { DRAWN_LAYERS } from '../support/drawnLayers.ts'
import { check } from '../support/property.ts'
import { asIfTrained } from '../support/trained.ts'

const ACTIVATIONS: Readonly<Record<string, (channels: number) => layers.Layer>> = {
  relu: () => layers.relu(),
  leakyRelu: () => layers.leakyRelu({ slope: 0.3 }),
  'leakyRelu that turns signs': () => layers.leakyRelu({ slope: -0.3 }),
  'prelu of one slope': () => layers.prelu(),
  prelu: channels => layers.prelu({ channels }),
}

/** 0 and -0 are one: without a bias, 0 is added. */
const numbers = (t: Tensor): number[] => Array.from(t.dataSync(), x => x + 0)

const each = Object.entries(ACTIVATIONS)

test.each(each)('a convolution and %s in one pass give what both give one by one', (_, activation) => {
  check(
    fc.property(DRAWN_LAYERS.conv2d, seeds(), fc.boolean(), ({ build, input }, seed, recorded) => {
      const rng = generator(seed)
      const conv = build(rng)
      const act = activation(conv.parameters.weight.shape[3])
      const both = asIfTrained(layers.sequential({ conv, act }), rng)
      tidy(() => {
        const x = randn([2, ...input], rng)
        if (!recorded) noGrad(() => expect(numbers(both(x))).toEqual(numbers(act(conv(x)))))
        else {
          const [z, apart] = [both(x), act(conv(x))]
          const dz = randn(z.shape, rng)
          const gradients = (y: Tensor) => Object.values(grad(y, both.parameters, dz)).map(numbers)
          expect([numbers(z), ...gradients(z)]).toEqual([numbers(apart), ...gradients(apart)])
        }
      })
    }),
    30,
  )
})

test('an activation that is not right after a convolution, or not of ours, stays by itself', () => {
  const rng = generator(1)
  const conv = () => layers.conv2d({ in: 2, out: 2, kernel: 1, rng })
  const double = layers.layer('double', x => x.mul(2))
  const posing = Object.assign(
    layers.layer('posing', x => x.neg()),
    { description: { kind: 'relu' } as const },
  )
  const [a, b] = [conv(), conv()]
  const x = randn([1, 3, 3, 2], rng)
  expect(numbers(layers.sequential({ a, double, relu: layers.relu() })(x))).toEqual(
    numbers(a(x).mul(2).relu()),
  )
  expect(numbers(layers.sequential({ a, posing, b })(x))).toEqual(numbers(b(a(x).neg())))
})
