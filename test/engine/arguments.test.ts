import * as fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { gpu } from '../../engine/backends/gpu/index.ts'
import { reals } from '../../engine/domain.ts'
import {
  apply,
  type Backend,
  backend,
  concat,
  defineOp,
  full,
  generator,
  grad,
  jvp,
  keep,
  moments,
  noGrad,
  ones,
  onesLike,
  parameter,
  randn,
  setBackend,
  setDebug,
  softplus,
  stack,
  startBackend,
  stopGradient,
  Tensor,
  tensor,
  tidy,
  unbroadcast,
  uniform,
  valueAndGrad,
  vjp,
  where,
  zeros,
  zerosLike,
} from '../../engine/index.ts'
import { gradcheck } from '../../engine/testing/index.ts'
import { f64 } from '../support/numbers.ts'
import { onReference } from '../support/onReference.ts'
import { check } from '../support/property.ts'

onReference()

/** What plain JavaScript lets through. */
const loose = (f: unknown): ((...args: unknown[]) => unknown) => f as (...args: unknown[]) => unknown

const x = tensor([
  [1, 2],
  [3, 4],
])
const int32 = { dtype: 'int32' } as const

describe('plain JavaScript is told what a constructor takes', () => {
  test.each<[string, () => unknown, RegExp]>([
    ['zeros(3)', () => loose(zeros)(3), /^zeros: the shape as a list, such as \[2, 3\], expected, got 3/],
    ['ones()', () => loose(ones)(), /^ones: the shape as a list, such as \[2, 3\], expected, got undefined/],
    ['full([2])', () => loose(full)([2]), /^full: a number expected, got undefined/],
    ["full([2], '3')", () => loose(full)([2], '3'), /^full: a number expected, got "3"/],
    [
      'zeros of too many',
      () => zeros([2 ** 26, 2 ** 26]),
      /^zeros: at most 2\^32 elements expected, got shape/,
    ],
    ['zeros beyond integers', () => zeros([2 ** 60]), /^zeros: sizes are integers >= 0/],
    [
      'a shape as the second argument',
      () => loose(tensor)([1, 2, 3, 4], [2, 2]),
      /^tensor: the shape as an option/,
    ],
    ['the same of a parameter', () => loose(parameter)([1, 2], [2]), /^parameter: the shape as an option/],
    ['a promise of options', () => loose(tensor)([1], Promise.resolve()), /^tensor: options as an object/],
    [
      'an unknown option',
      () => loose(tensor)([1], { dtyp: 'int32' }),
      /^tensor: there is no option dtyp, did you mean dtype\?/,
    ],
    [
      'an unknown dtype',
      () => loose(zeros)([1], { dtype: 'int64' }),
      /^zeros: dtype as one of float32, float64, int32 expected, got "int64"/,
    ],
    [
      'requiresGrad of a wrong kind',
      () => loose(tensor)([1], { requiresGrad: 1 }),
      /^tensor: requiresGrad as true or false expected, got 1/,
    ],
    [
      'an int32 that requires a gradient',
      () => full([1], 1, { ...int32, requiresGrad: true }),
      /^full: int32 carries no gradient/,
    ],
    ['an int32 parameter', () => parameter(tensor([1], int32)), /^parameter: int32 carries no gradient/],
    [
      'a parameter in another dtype than its tensor',
      () => parameter(x, { dtype: 'float64' }),
      /^parameter: options that agree/,
    ],
    [
      'a parameter without a gradient',
      () => parameter([1], { requiresGrad: false }),
      /^parameter: requiresGrad true or left out/,
    ],
    ['a tensor of a tensor', () => loose(tensor)(x), /^tensor: numbers expected, got a Tensor/],
    [
      'a list that holds itself',
      () => {
        const list: unknown[] = []
        list.push(list)
        return loose(tensor)(list)
      },
      /^tensor: at most 64 axes expected/,
    ],
    [
      'onesLike of numbers',
      () => loose(onesLike)([1]),
      /^onesLike: t as a tensor, as tensor\(..\) makes one, expected, got \[1\]/,
    ],
    ['keep of a number', () => loose(keep)(3), /^keep: a tensor expected, got 3/],
    [
      'setDebug of a text',
      () => loose(setDebug)('off'),
      /^setDebug: enabled as true or false expected, got "off"/,
    ],
  ])('%s', (_, run, message) => expect(run).toThrow(message))
})

test('a size that is none is refused by name, in every function that takes a shape', () => {
  const makers: Record<string, (shape: number[]) => unknown> = {
    zeros,
    ones,
    full: shape => full(shape, 1),
    tensor: shape => tensor([1, 2], { shape }),
    parameter: shape => parameter([1, 2], { shape }),
    randn: shape => randn(shape, generator(0)),
    uniform: shape => uniform(shape, generator(0)),
    reshape: shape => x.reshape(shape),
    broadcastTo: shape => x.broadcastTo(shape),
  }
  const wrong = fc.oneof(
    fc.double({ noInteger: true }),
    fc.constantFrom(Number.NaN, -2, -7, 2 ** 53, 2 ** 40, '2', null, [2]),
  )
  const shape = fc.tuple(fc.array(fc.nat(3), { maxLength: 2 }), fc.nat(2), wrong)
  check(
    fc.property(fc.constantFrom(...Object.keys(makers)), shape, (name, [sizes, at, bad]) => {
      const spoilt = sizes.map(n => n + 1).toSpliced(at, 0, bad as number)
      expect(() => makers[name](spoilt), `${name} ${String(spoilt)}`).toThrow(new RegExp(`^${name}: `))
    }),
  )
})

describe('int32 holds what it can', () => {
  test.each<[string, () => unknown]>([
    ['tensor', () => tensor([3e9], int32)],
    ['a Float64Array', () => tensor(Float64Array.of(2 ** 31), int32)],
    ['a fraction', () => tensor([0.5], int32)],
    ['NaN', () => tensor([Number.NaN], int32)],
    ['full of a fraction', () => full([1], 1.5, int32)],
    ['full of NaN', () => full([1], Number.NaN, int32)],
    ['full of Infinity', () => full([1], Infinity, int32)],
    ['a scalar beside it', () => tensor([1], int32).equal(2 ** 31)],
    ['a fraction beside it', () => tensor([1], int32).less(1.5)],
  ])('%s', (_, run) => expect(run).toThrow(/: int32 holds integers from -2\^31 to 2\^31 - 1, got /))

  test('every number is held as it is or refused', () => {
    check(
      fc.property(fc.oneof(fc.double(), fc.integer(), fc.maxSafeInteger()), v => {
        for (const make of [() => tensor([v], int32), () => full([1], v, int32)]) {
          const fits = Number.isInteger(v) && v >= -(2 ** 31) && v < 2 ** 31
          if (fits) expect(make().item()).toBe(v + 0)
          else expect(make).toThrow(/int32 holds integers/)
        }
      }),
    )
  })
})

describe('a backend', () => {
  const coming = Promise.resolve(backend('reference'))
  test.each<[string, () => unknown, RegExp]>([
    [
      'set before it is there',
      () => loose(setBackend)(coming),
      /^setBackend: a backend, .* expected, got a Promise \(await it\)/,
    ],
    [
      'of a tensor before it is there',
      () => loose(zeros)([1], { backend: coming }),
      /^zeros: a backend, .* got a Promise \(await it\)/,
    ],
    [
      'by name, in an option',
      () => loose(randn)([1], generator(0), { backend: 'wasm' }),
      /^randn: a backend, .* got "wasm"/,
    ],
    ['set to nothing', () => loose(setBackend)(), /^setBackend: a backend, .* got undefined/],
    ['that takes a moment', () => loose(setBackend)('gpu'), /^backend: await startBackend\("gpu"\)/],
    [
      'with an unknown option',
      () => loose(backend)('auto', { dtypes: 'int32' }),
      /^backend: there is no option dtypes/,
    ],
  ])('%s', (_, run, message) => expect(run).toThrow(message))

  test('to move to before it is there, or one that does not hold the dtype', async () => {
    await expect(x.to(coming as unknown as Backend)).rejects.toThrow(/^to: a backend, .* got a Promise/)
    await expect(f64([1]).to(backend('wasm'))).rejects.toThrow(/^to: backend wasm holds float32, int32/)
    await expect(loose(startBackend)(3) as Promise<unknown>).rejects.toThrow(/^backend: one of .* got 3/)
    await expect(loose(gpu)('webgl2') as Promise<unknown>).rejects.toThrow(/^gpu: options as an object/)
  })
})

describe('an op of your own', () => {
  const spec = { name: 'twice', signature: 'x[...] -> [...]', domain: { x: reals }, compose: () => x }
  test.each<[string, object, RegExp]>([
    [
      'signature',
      { signature: undefined },
      /^defineOp: twice: signature as a text, such as .* got undefined/,
    ],
    ['name', { name: undefined }, /^defineOp: name as a text expected, got undefined/],
    ['domain', { domain: undefined }, /^defineOp: twice: domain as an object, .* got undefined/],
    ['domain of x', { domain: { x: 1 } }, /^defineOp: twice: domain.x as a domain, .* got 1/],
    ['compose', { compose: undefined }, /^defineOp: twice: forward, or compose, as a function expected/],
    ['vjp', { compose: undefined, forward: () => x }, /^defineOp: twice: vjp as an object, .* got undefined/],
  ])('without its %s is refused by name', (_, odd, message) => {
    expect(() => loose(defineOp)({ ...spec, ...odd })).toThrow(message)
  })

  test('whose signature cannot be read, or names other inputs, is refused at its first call', () => {
    const call = (odd: object) => () => loose(apply)(loose(defineOp)({ ...spec, ...odd }), { x })
    expect(call({ signature: 'x[N,D]' })).toThrow(/^signature: inputs -> output, .* got "x\[N,D\]"/)
    expect(call({ signature: 'v[...] -> [...]' })).toThrow(
      /^twice: v\[...\] -> \[...\]: v expected, got inputs x$/,
    )
    expect(() => loose(apply)(spec.compose, { x })).toThrow(
      /^apply: an op, as defineOp gives one, expected, got the function/,
    )
  })
})

describe('gradients', () => {
  const f = (t: Tensor): Tensor => t.mul(t).sum()
  test.each<[string, () => unknown, RegExp]>([
    [
      'valueAndGrad(f)',
      () => loose(valueAndGrad)(f),
      /^valueAndGrad: a tensor, an array or a record of tensors, as in valueAndGrad\(f, x\), expected, got undefined/,
    ],
    ['vjp(f, 3)', () => loose(vjp)(f, 3), /^vjp: a tensor, .* got 3/],
    ['vjp(f, [3])', () => loose(vjp)(f, [3]), /^vjp: x\[0\] as a tensor, .* got 3/],
    [
      'valueAndGrad(x)',
      () => loose(valueAndGrad)(x),
      /^valueAndGrad: f as a function expected, got a Tensor/,
    ],
    [
      'f async',
      () => loose(valueAndGrad)(async () => x, x),
      /^valueAndGrad: f's value as a tensor expected, got a Promise/,
    ],
    [
      'int32 inputs',
      () => valueAndGrad(f, tensor([1], int32)),
      /^valueAndGrad: inputs of float32 or float64 expected/,
    ],
    ['grad(y)', () => loose(grad)(x), /^grad: a tensor, .* as in grad\(y, x\), expected, got undefined/],
    ['grad(3, x)', () => loose(grad)(3, x), /^grad: y as a tensor, .* got 3/],
    ['grad with a number for dy', () => loose(grad)(x, x, 1), /^grad: dy as a tensor, .* got 1/],
    ['jvp without directions', () => loose(jvp)(f, x), /^jvp: a tensor, .* got undefined/],
    [
      'jvp along too little',
      () => loose(jvp)(f, { x, y: x }, { x }),
      /^jvp: y as a tensor expected, got undefined/,
    ],
    [
      'jvp along too much',
      () => loose(jvp)(f, { x }, { x, y: x }),
      /^jvp: a tensor for each of xs expected, got one more, "y"/,
    ],
    ['jvp along another shape', () => jvp(f, x, ones([2])), /^jvp: dx as float32\[2,2\]/],
    ['stopGradient(1)', () => loose(stopGradient)(1), /^stopGradient: x as a tensor/],
    ['noGrad(x)', () => loose(noGrad)(x), /^noGrad: f as a function/],
    ['tidy(x)', () => loose(tidy)(x), /^tidy: f as a function/],
    [
      'an unknown option of gradcheck',
      () => loose(gradcheck)(f, f64([1]), { tol: 1 }),
      /^gradcheck: there is no option tol, did you mean tolerance\?/,
    ],
    [
      'half a direction',
      () => gradcheck(f, f64([1]), { directions: 1.5 }),
      /^gradcheck: directions as an integer >= 1/,
    ],
    ['gradcheck without inputs', () => loose(gradcheck)(f), /^gradcheck: a tensor, .* got undefined/],
  ])('%s', (_, run, message) => expect(run).toThrow(message))

  test('jvp pairs directions with inputs by name', () => {
    const xs = { a: f64([1]), b: f64([2]) }
    const { dy } = jvp(({ a, b }) => a.mul(10).add(b), xs, { b: f64([1]), a: f64([0]) } as typeof xs)
    expect(dy.toArray()).toEqual([1])
  })
})

describe('operands', () => {
  test.each<[string, () => unknown, RegExp]>([
    [
      'x.add([1, 2])',
      () => loose(x.add).call(x, [1, 2]),
      /^add: a number or a tensor, as tensor\(..\) makes one, expected, got \[1, 2\]/,
    ],
    ['x.mul()', () => loose(x.mul).call(x), /^mul: a number or a tensor, .* got undefined/],
    ["x.sub('1')", () => loose(x.sub).call(x, '1'), /^sub: a number or a tensor, .* got "1"/],
    ['where(1, x, x)', () => loose(where)(1, x, x), /^where: condition as a tensor/],
    ['where with text', () => loose(where)(x, 'a', x), /^where: a number or a tensor/],
    ['assign of numbers', () => loose(x.assign).call(x, [1]), /^assign: t as a tensor/],
  ])('%s', (_, run, message) => expect(run).toThrow(message))
})

describe('what comes after the last argument is not passed over where it would change the value', () => {
  const f = ([a]: Tensor[]): Tensor => a
  test.each<[string, () => unknown, RegExp]>([
    [
      'softplus(x, beta)',
      () => loose(softplus)(x, 2),
      /^softplus: nothing more than in softplus\(x\); .*got 2/,
    ],
    ['moments(x, axis)', () => loose(moments)(x, 0), /^moments: nothing more than in moments\(x\), .*got 0/],
    [
      'zerosLike with options',
      () => loose(zerosLike)(x, int32),
      /^zerosLike: nothing more than .*\{ dtype \}/,
    ],
    ['onesLike with options', () => loose(onesLike)(x, int32), /^onesLike: nothing more than .*\{ dtype \}/],
    ['valueAndGrad(f, x, y)', () => loose(valueAndGrad)(f, x, x), /^valueAndGrad: nothing more .*are a list/],
    ['vjp(f, x, y)', () => loose(vjp)(f, x, x), /^vjp: nothing more .*are a list/],
    [
      'keep(x, y)',
      () => loose(keep)(x, x),
      /^keep: nothing more than in keep\(t\), one tensor a call; .*a Tensor/,
    ],
  ])('%s', (_, run, message) => expect(run).toThrow(message))
})

test.each([[[1, 2]], [new Float32Array(2)], [undefined]])('new Tensor of %o is refused', values => {
  const Made = Tensor as unknown as new (...args: unknown[]) => unknown
  expect(() => new Made(values)).toThrow(/^Tensor: an array of a backend, as tensor\(..\) makes one/)
})

test('numbers that no memory holds are refused by the function that was to draw them', () => {
  vi.stubGlobal(
    'Float32Array',
    class {
      constructor() {
        throw new RangeError('Array buffer allocation failed')
      }
    },
  )
  try {
    expect(() => randn([2, 3], generator(0))).toThrow(
      'randn: out of memory: numbers for shape [2,3] asked for',
    )
  } finally {
    vi.unstubAllGlobals()
  }
})

test('a list with a hole, and no shape, are refused by name', () => {
  const hole = new Array<Tensor>(2)
  hole[0] = x
  expect(() => concat(hole)).toThrow(/^concat: x1 as a tensor expected, got undefined/)
  expect(() => stack(hole)).toThrow(/^stack: x1 as a tensor expected, got undefined/)
  expect(() => loose(unbroadcast)(x)).toThrow(/^unbroadcast: the shape as a list/)
})

describe('chance', () => {
  test.each<[string, () => unknown, RegExp]>([
    [
      'randn([2], 0)',
      () => loose(randn)([2], 0),
      /^randn: a generator, as generator\(seed\) makes one, expected, got 0/,
    ],
    ['randn(2, rng)', () => loose(randn)(2, generator(0)), /^randn: the shape as a list/],
    ['std below 0', () => randn([2], generator(0), { std: -1 }), /^randn: std as a number from 0/],
    ['mean NaN', () => randn([2], generator(0), { mean: Number.NaN }), /^randn: mean as a number/],
    [
      'an unknown option',
      () => loose(uniform)([2], generator(0), { min: 0 }),
      /^uniform: there is no option min/,
    ],
    [
      'low above high',
      () => uniform([2], generator(0), { low: 2 }),
      /^uniform: low <= high expected, got 2 and 1/,
    ],
    [
      'beyond float32',
      () => uniform([2], generator(0), { low: -1e300 }),
      /^uniform: low as a number from -3\.4/,
    ],
    [
      'a mean beyond it',
      () => randn([2], generator(0), { mean: 1e39 }),
      /^randn: mean as a number from -3\.4/,
    ],
    ['an infinite high', () => uniform([2], generator(0), { high: Infinity }), /^uniform: high as a number/],
    [
      'nothing between',
      () => uniform([2], generator(0), { low: 1 + 1e-12, high: 1 + 2e-12 }),
      /^uniform: a float32 in/,
    ],
    [
      'int32',
      () => uniform([2], generator(0), int32),
      /^uniform: dtype float32 or float64 expected, got "int32"/,
    ],
    [
      'a generator low above high',
      () => generator(0).uniform(1, 0),
      /^uniform: low <= high expected, got 1 and 0/,
    ],
    ['a generator of texts', () => loose(generator)('1'), /^Generator: the seed is an integer, got "1"/],
    ['a fraction for integer', () => generator(0).integer(0.5, 2), /^integer: integers low <= high expected/],
    [
      'integer backwards',
      () => generator(0).integer(2, 1),
      /^integer: integers low <= high expected, got 2 and 1/,
    ],
    ['a permutation of a fraction', () => generator(0).permutation(2.5), /^permutation: n as an integer/],
    ['a state of zeros', () => generator(0).load([0, 0, 0, 0]), /^Generator: a state/],
    ['a state of large numbers', () => generator(0).load([2 ** 40, 0, 0, 0]), /^Generator: a state/],
  ])('%s', (_, run, message) => expect(run).toThrow(message))
})
