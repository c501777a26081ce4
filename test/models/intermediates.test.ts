import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createWasm } from '../../engine/backends/wasm/index.ts'
import { generator, grad, noGrad, randn, sum, type Tensor, tidy } from '../../engine/index.ts'
import { seeds } from '../../engine/testing/index.ts'
import { layers } from '../../models/index.ts'
import type { Layer } from '../../models/layers/index.ts'
import { DRAWN_NETS } from '../support/drawnNets.ts'
import { check } from '../support/property.ts'

const { sequential, residual, linear, relu, prelu, dropout, batchNorm, flatten } = layers

/** The layers called one after another, everything they make kept. */
function plainly(layer: Layer, x: Tensor, training: boolean): Tensor {
  const { description } = layer
  if (description?.kind === 'sequential') {
    return Object.values(description.layers).reduce((z, step) => plainly(step, z, training), x)
  }
  if (description?.kind === 'residual') {
    const { branch, shortcut } = description
    return (shortcut === undefined ? x : plainly(shortcut, x, training)).add(plainly(branch, x, training))
  }
  return layer(x, { training })
}

const bits = (ts: readonly Tensor[]): number[][] => ts.map(t => [...t.dataSync()])

describe('what passes between layers', () => {
  test.each(Object.entries(DRAWN_NETS))(
    'is released, and neither values nor gradients change: %s',
    (_, nets) => {
      check(
        fc.property(nets, seeds(), ({ build, input }, seed) => {
          const x = randn([2, ...input], generator(seed))
          const ran = (run: typeof plainly) =>
            tidy(() => {
              const net = build(generator(seed))
              const values = noGrad(() => run(net, x, false))
              const z = run(net, x, false)
              const grads = grad(sum(z), net.parameters)
              return bits([values, z, ...Object.values(grads)])
            })
          expect(ran((net, t, training) => net(t, { training }))).toEqual(ran(plainly))
        }),
        2,
      )
    },
  )

  test('leaves only the output without a graph, and with one what rules read', () => {
    const backend = createWasm({ threads: 1 })
    const [rows, size] = [256, 64]
    const options = { in: size, out: size, bias: false, backend, rng: generator(2) }
    const net = sequential({
      fc1: linear(options),
      act1: relu(),
      inner: sequential({ fc2: linear(options), drop: dropout({ seed: 1 }) }),
      sum: residual({
        branch: sequential({ act: relu(), bn: batchNorm({ channels: size, backend }) }),
        shortcut: linear(options),
      }),
      flatten: flatten(),
    })
    const x = randn([rows, size], generator(1), { backend })
    const held = (f: () => Tensor): number =>
      tidy(() => {
        const before = backend.used
        f()
        return Math.round((backend.used - before) / (4 * rows * size))
      })
    expect(held(() => noGrad(() => net(x)))).toBe(1)
    // Both outputs of relu; what fc2 gives, which the shortcut's weight asks for; the sum.
    expect(held(() => net(x))).toBe(4)
    expect(x.disposed).toBe(false)
  })

  test('a layer of the user may keep what it sees, and gives', () => {
    const seen: Tensor[] = []
    const tap = layers.layer('tap', x => {
      seen.push(x)
      return x
    })
    const double = layers.layer('double', x => {
      const z = x.mul(2)
      seen.push(x, z)
      return z
    })
    const net = sequential({
      act: relu(),
      tap,
      drop: dropout({ seed: 1 }),
      act2: prelu(),
      double,
      act3: relu(),
    })
    const outer = sequential({ net, act: relu() })
    noGrad(() => outer(randn([2, 3], generator(1))))
    expect(seen.length).toBe(3)
    expect(seen.map(t => t.disposed)).toEqual([false, false, false])
  })
})
