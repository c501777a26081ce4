import { describe, expect, it } from 'vitest'
import { createWasm } from '../../engine/backends/wasm/index.ts'
import {
  add,
  generator,
  keep,
  ones,
  parameter,
  randn,
  type Tensor,
  tensor,
  tidy,
  zeros,
} from '../../engine/index.ts'
import { withPeak } from '../../engine/peak.ts'
import { mapRecord, snapshot } from '../../engine/state.ts'
import { adam, adamW, type Groups, sgd } from '../../models/index.ts'
import { bits } from './training.ts'

const OPTIMIZERS = {
  sgd: (groups: Groups) => sgd(groups, { lr: 0.1 }),
  momentum: (groups: Groups) => sgd(groups, { lr: 0.1, momentum: 0.9, weightDecay: 1e-3 }),
  adam: (groups: Groups) => adam(groups, { lr: 0.1, amsgrad: true }),
  adamW: (groups: Groups) => adamW(groups, { lr: 0.1 }),
}
const MOMENTS = { sgd: 0, momentum: 1, adam: 3, adamW: 2 }
const names = Object.keys(OPTIMIZERS) as (keyof typeof OPTIMIZERS)[]

const SIZES = [512, 1024, 1024, 16, 1024, 768, 1024, 1024, 1, 1024]
const LARGEST = 1024 * 4
const ALL = SIZES.reduce((sum, n) => sum + n) * 4
/** Of the lengths of the gradients, a block each. */
const FIGURES = 128 * SIZES.length

function made(name: keyof typeof OPTIMIZERS, room = 2 ** 24) {
  const backend = createWasm({ threads: 1, limit: room })
  const rng = generator(1)
  const drawn = (n: number): Tensor => randn([n], rng, { backend })
  const parameters = Object.fromEntries(
    SIZES.map((n, i) => {
      const start = drawn(n)
      const p = parameter(start)
      start.dispose()
      return [`p${i}`, p]
    }),
  )
  const optimizer = OPTIMIZERS[name](parameters)
  const grads = (): Tensors => Object.fromEntries(SIZES.map((n, i) => [`p${i}`, drawn(n)]))
  /** Values of parameters and moments; nobody holds them afterwards. */
  const state = (): string => {
    const { tensors, values } = optimizer.state()
    const all = JSON.stringify([
      values,
      ...[parameters, tensors].map(list => bits({ tensors: list, values: {} })),
    ])
    free(tensors)
    return all
  }
  return { backend, parameters, optimizer, grads, state }
}

type Tensors = Record<string, Tensor>
const free = (tensors: Readonly<Tensors>): void => {
  for (const t of Object.values(tensors)) t.dispose()
}

describe.each(names)('a step of %s', name => {
  const count = 1 + MOMENTS[name]

  it('holds the new values of one parameter beside the old ones of all', () => {
    const { backend, optimizer, grads } = made(name)
    for (let t = 0; t < 3; t++) {
      const g = grads()
      const { peak } = withPeak(backend, () => optimizer.step(g))
      free(g)
      // The parameters, their moments and gradients; the new values of the largest, and one tensor on the way to them.
      expect(peak).toBeLessThanOrEqual((count + 1) * (ALL + LARGEST) + FIGURES)
    }
  })

  it('gives the bits of one where others hold the old values, so that all are computed before one is put in its place', () => {
    const [one, other] = [made(name), made(name)]
    const write = (to: typeof one, t: number): void => {
      const values = to.grads()
      to.parameters.p3.assign(values.p3)
      free(values)
      if (t !== 2) return
      const state = to.optimizer.state()
      to.optimizer.load(state)
      free(state.tensors)
    }
    for (let t = 0; t < 4; t++) {
      const [g, h] = [one.grads(), other.grads()]
      const held = snapshot(other.parameters)
      one.optimizer.step(g)
      const { peak } = withPeak(other.backend, () => other.optimizer.step(h))
      expect(peak).toBeGreaterThanOrEqual((2 * count + 1) * ALL)
      for (const tensors of [g, h, held]) free(tensors)
      for (const each of [one, other]) write(each, t)
      expect(one.state()).toBe(other.state())
    }
  })

  it('reads the gradients as they are where these are parameters', () => {
    const [one, other] = [made(name), made(name)]
    const crossed = ({ p0, p1, p2, ...rest }: Tensors): Tensors => ({ ...rest, p0, p1: p2, p2: p1 })
    const [g, h] = [one.grads(), other.grads()]
    one.optimizer.step({ ...g, ...crossed(one.parameters) })
    const copies = mapRecord(other.parameters, p => add(p, 0))
    other.optimizer.step({ ...h, ...crossed(copies) })
    expect(one.state()).toBe(other.state())
  })

  it('moves nothing where a value that was written since would be infinite', () => {
    const { parameters, optimizer, grads, state, backend } = made(name)
    const g = grads()
    optimizer.step(g)
    // Float32 has numbers up to 3.403e38; and of Adam this is a gradient whose square is Infinity.
    const [most, move] = [3.4e38, -4e37].map(v => tensor([v, ...Array(767).fill(0)], { backend }))
    parameters.p5.assign(most)
    most.dispose()
    const before = state()
    expect(() => optimizer.step({ ...g, p5: move })).toThrow('finite')
    expect(state()).toBe(before)
  })
})

it.each(['adam', 'adamW'] as const)('%s moves nothing where the square of a gradient is infinite', name => {
  const { optimizer, grads, state, backend } = made(name)
  const g = grads()
  optimizer.step(g)
  const before = state()
  expect(() => optimizer.step({ ...g, p8: tensor([1e20], { backend }) })).toThrow('finite')
  expect(state()).toBe(before)
})

it('a step that finds room for the new values of one parameter finds it for all, and one that does not moves none', () => {
  const [pages, page] = [4, 65536]
  const [small, large] = [made('momentum', pages * page), made('momentum')]
  // What all new values together do not fit into: a page at both ends belongs to nobody.
  expect(5 * ALL).toBeGreaterThan((pages - 2) * page)
  const steps = (each: typeof small): string => {
    const g = each.grads()
    each.optimizer.step(g)
    free(g)
    return each.state()
  }
  expect(steps(small)).toBe(steps(large))
  const g = small.grads()
  const taken: Tensor[] = []
  const fill = (): void => {
    for (;;) taken.push(zeros([240], { backend: small.backend }))
  }
  expect(fill).toThrow('out of memory')
  // Room for figures, and too little for the largest.
  for (const t of taken.splice(-3)) t.dispose()
  const before = small.state()
  expect(() => small.optimizer.step(g)).toThrow('out of memory')
  expect(small.state()).toBe(before)
  for (const t of taken) t.dispose()
  small.optimizer.step(g)
  expect(small.state()).toBe(steps(large))
})

describe('a step that nothing moves by', () => {
  const at = (room: number, budget?: number) => createWasm({ threads: 1, limit: room * 65536, budget })
  const held = (n: number, backend: ReturnType<typeof createWasm>): Tensor => {
    const start = zeros([n], { backend })
    const p = parameter(start)
    start.dispose()
    return p
  }

  it('is one of two backends, of which the second has no room', () => {
    for (let pages = 4; pages < 12; pages++) {
      const [wide, narrow] = [at(64), at(pages)]
      const p = { a: held(30_000, wide), b: held(8000, narrow) }
      const g = mapRecord(p, ({ shape, backend }) => ones(shape, { backend }))
      // What is left of the second's memory, but for less than the new values.
      for (let n = 7000; n > 500; ) {
        try {
          ones([n], { backend: narrow })
        } catch {
          n -= 500
        }
      }
      expect(() => sgd(p, { lr: 1 }).step(g)).toThrow('out of memory')
      expect(p.a.dataSync()[0]).toBe(0)
    }
  })

  it.each([
    ['sgd', sgd],
    ['adam', adam],
  ])('%s: has a gradient of another backend', (_, create) => {
    const [own, other] = [at(64), at(64)]
    const p = { a: held(3, own), b: held(3, own) }
    const g = { a: tensor([1, 2, 3], { backend: own }), b: tensor([1, 2, 3], { backend: other }) }
    expect(() => create(p, { lr: 1 }).step(g)).toThrow('one backend expected')
    expect([...p.a.dataSync(), ...p.b.dataSync()]).toEqual([0, 0, 0, 0, 0, 0])
  })

  it('is of values that moved out, which take room when they come back', () => {
    let refused = 0
    for (let pages = 10; pages < 24; pages++) {
      const backend = at(pages, 0)
      const p = Object.fromEntries(
        [0, 1, 2, 3].map(i => [
          `p${i}`,
          tidy(() => keep(parameter(randn([16_000], generator(i), { backend })))),
        ]),
      )
      const optimizer = sgd(p, { lr: 0.1, momentum: 0.9 })
      tidy(() => {
        const g = mapRecord(p, ({ shape }) => randn(shape, generator(9), { backend }))
        const before = bits({ tensors: p, values: {} })
        try {
          optimizer.step(g)
        } catch (error) {
          expect(String(error)).toContain('out of memory')
          expect(bits({ tensors: p, values: {} })).toEqual(before)
          refused++
        }
      })
    }
    expect(refused).toBeGreaterThan(0)
  })
})

it('goes on one by one when bounds of many steps have grown beyond all numbers', () => {
  const backend = createWasm({ threads: 1, limit: 14 * 65536 })
  const p = Object.fromEntries(
    ['a', 'b', 'c'].map(name => [name, tidy(() => keep(parameter(zeros([16_000], { backend }))))]),
  )
  const optimizer = sgd(p, { lr: 0.1, momentum: 0.9, weightDecay: 1 })
  const g = (): Tensors => mapRecord(p, () => ones([16_000], { backend }))
  for (let i = 0; i < 120; i++) tidy(() => optimizer.step(g()))
  expect(optimizer.state().values.t).toBe(120)
})
