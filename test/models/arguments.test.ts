import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generator, ones, parameter, type Tensor, tensor } from '../../engine/index.ts'
import { cosFace } from '../../losses/index.ts'
import * as models from '../../models/index.ts'
import { check } from '../support/property.ts'
import { small } from './smallCheckpoint.ts'

const { layers } = models

type Options = Record<string, unknown>
interface Factory {
  readonly make: (options: never) => unknown
  /** Options that are right, all there are. */
  readonly valid: () => Options
}

const place = { dtype: 'float32', backend: undefined }
const params = () => ({ w: parameter([1, 2]) })
const window = { stride: 1, padding: 0, dilation: 1 }
const image = [8, 8, 1]
const net = () => layers.sequential({ fc: layers.linear({ in: 2, out: 2, seed: 1 }) })

function parts() {
  const [model, loss] = [net(), cosFace({ classes: 3, dim: 2 })]
  const optimizer = models.adam([{ parameters: model.parameters }, { parameters: loss.parameters }])
  const [schedule, sampling] = [models.constant(), models.instances()]
  return {
    net: model,
    loss,
    optimizer,
    x: ones([6, 2]),
    y: [0, 1, 2, 0, 1, 2],
    batch: 3,
    seed: 0,
    rng: undefined,
    schedule,
    sampling,
    clip: { norm: 1 },
  }
}

const FACTORIES: Readonly<Record<string, Factory>> = {
  'layers.relu': { make: layers.relu, valid: () => ({}) },
  'layers.sigmoid': { make: layers.sigmoid, valid: () => ({}) },
  'layers.tanh': { make: layers.tanh, valid: () => ({}) },
  'layers.softplus': { make: layers.softplus, valid: () => ({}) },
  'layers.flatten': { make: layers.flatten, valid: () => ({}) },
  'layers.globalMaxPool': { make: layers.globalMaxPool, valid: () => ({}) },
  'layers.gem': { make: layers.gem, valid: () => ({ p: 2, learned: false, eps: 1e-3, ...place }) },
  'layers.groupNorm': {
    make: layers.groupNorm,
    valid: () => ({ groups: 2, channels: 4, affine: true, eps: 1e-3, ...place }),
  },
  'layers.instanceNorm': {
    make: layers.instanceNorm,
    valid: () => ({ channels: 4, affine: true, eps: 1e-3, ...place }),
  },
  'layers.rmsNorm': { make: layers.rmsNorm, valid: () => ({ channels: 4, eps: 1e-3, ...place }) },
  'layers.globalAvgPool': { make: layers.globalAvgPool, valid: () => ({}) },
  'layers.leakyRelu': { make: layers.leakyRelu, valid: () => ({ slope: 0.1 }) },
  'layers.silu': { make: layers.silu, valid: () => ({}) },
  'layers.selu': { make: layers.selu, valid: () => ({}) },
  'layers.mish': { make: layers.mish, valid: () => ({}) },
  'layers.hardsigmoid': { make: layers.hardsigmoid, valid: () => ({}) },
  'layers.hardswish': { make: layers.hardswish, valid: () => ({}) },
  'layers.softsign': { make: layers.softsign, valid: () => ({}) },
  'layers.elu': { make: layers.elu, valid: () => ({ alpha: 0.5 }) },
  'layers.celu': { make: layers.celu, valid: () => ({ alpha: 0.5 }) },
  'layers.gelu': { make: layers.gelu, valid: () => ({ tanh: true }) },
  'layers.prelu': { make: layers.prelu, valid: () => ({ channels: 2, slope: 0.1, ...place }) },
  'layers.batchNorm': {
    make: layers.batchNorm,
    valid: () => ({ channels: 2, momentum: 0.2, eps: 1e-3, fixGamma: true, fixBeta: false, ...place }),
  },
  'layers.dropout': { make: layers.dropout, valid: () => ({ p: 0.5, seed: 1, rng: undefined }) },
  'layers.maxFeatureMap': { make: layers.maxFeatureMap, valid: () => ({ channels: 2 }) },
  'layers.squeezeExcite': {
    make: layers.squeezeExcite,
    valid: () => ({
      channels: 4,
      reduction: 2,
      bias: true,
      init: layers.kaimingNormal(),
      seed: 1,
      rng: undefined,
      ...place,
    }),
  },
  'layers.multiHeadAttention': {
    make: layers.multiHeadAttention,
    valid: () => ({ dim: 4, heads: 2, bias: true, causal: true, seed: 1, rng: undefined, ...place }),
  },
  'layers.maxPool2d': { make: layers.maxPool2d, valid: () => ({ kernel: 2, ...window, ceilMode: true }) },
  'layers.avgPool2d': {
    make: layers.avgPool2d,
    valid: () => ({ kernel: 2, ...window, ceilMode: true, countIncludePad: false }),
  },
  'layers.residual': { make: layers.residual, valid: () => ({ branch: net(), shortcut: net() }) },
  'layers.linear': {
    make: layers.linear,
    valid: () => ({
      in: 2,
      out: 3,
      bias: true,
      init: layers.kaimingNormal(),
      seed: 1,
      rng: undefined,
      ...place,
    }),
  },
  'layers.conv2d': {
    make: layers.conv2d,
    valid: () => ({
      in: 2,
      out: 4,
      kernel: 3,
      groups: 2,
      bias: true,
      init: layers.kaimingUniform(),
      ...window,
      seed: undefined,
      rng: generator(1),
      ...place,
    }),
  },
  smallNet: {
    make: models.smallNet,
    valid: () => ({ dim: 2, input: image, seed: 1, rng: undefined, ...place }),
  },
  convNet: {
    make: models.convNet,
    valid: () => ({ dim: 2, input: image, seed: 1, rng: undefined, ...place }),
  },
  lenetPlusPlus: {
    make: models.lenetPlusPlus,
    valid: () => ({ dim: 2, input: image, seed: undefined, rng: generator(1), ...place }),
  },
  resNet: {
    make: models.resNet,
    valid: () => ({ dim: 2, blocks: [1], width: 2, input: image, seed: 1, rng: undefined, ...place }),
  },
  sphereFaceNet: {
    make: models.sphereFaceNet,
    valid: () => ({ dim: 2, depth: 4, width: 2, input: image, seed: 1, rng: undefined, ...place }),
  },
  irNet: {
    make: models.irNet,
    valid: () => ({
      dim: 2,
      depth: 18,
      width: 1,
      dropout: 0.1,
      checkpoint: true,
      input: image,
      seed: 1,
      rng: undefined,
      ...place,
    }),
  },
  mobileFaceNet: {
    make: models.mobileFaceNet,
    valid: () => ({
      dim: 2,
      blocks: [1, 1, 1, 1],
      width: 1,
      scale: 1,
      input: image,
      seed: 1,
      rng: undefined,
      ...place,
    }),
  },
  resNet50: {
    make: models.resNet50,
    valid: () => ({
      blocks: [1, 1, 1, 1],
      width: 1,
      lastStride: 1,
      neck: true,
      checkpoint: true,
      input: image,
      seed: 1,
      rng: undefined,
      ...place,
    }),
  },
  lightCnn9: {
    make: models.lightCnn9,
    valid: () => ({ dim: 2, width: 3, input: [16, 16, 1], seed: 1, rng: undefined, ...place }),
  },
  sgd: {
    make: options => models.sgd(params(), options),
    valid: () => ({ lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0 }),
  },
  adam: {
    make: options => models.adam(params(), options),
    valid: () => ({ lr: 0.1, betas: [0.9, 0.99], eps: 1e-8, weightDecay: 0 }),
  },
  adamW: { make: options => models.adamW(params(), options), valid: () => ({ lr: 0.1 }) },
  'sgd: group 0': {
    make: options => models.sgd([options], { lr: 1 }),
    valid: () => ({ parameters: params(), lr: 0.1, weightDecay: 0 }),
  },
  'adam.step': {
    make: options => models.adam(params()).step({ w: tensor([1, 2]) }, 1, options),
    valid: () => ({ checked: true }),
  },
  warmupCosine: { make: models.warmupCosine, valid: () => ({ warmup: 2, steps: 9 }) },
  instances: { make: models.instances, valid: () => ({}) },
  classAware: { make: models.classAware, valid: () => ({}) },
  identityBalanced: {
    make: options => models.identityBalanced(options)(Int32Array.of(0, 1, 0, 1), 2, 1),
    valid: () => ({ samples: 1 }),
  },
  shift: { make: models.shift, valid: () => ({ most: 1 }) },
  scale: { make: models.scale, valid: () => ({ most: 0.1 }) },
  flip: { make: models.flip, valid: () => ({ probability: 0.1 }) },
  crop: { make: models.crop, valid: () => ({ area: 0.5, ratio: 1.2 }) },
  colorJitter: {
    make: models.colorJitter,
    valid: () => ({ brightness: 0.1, contrast: 0.1, saturation: 0.1 }),
  },
  noise: { make: models.noise, valid: () => ({ std: 0.1 }) },
  erase: { make: models.erase, valid: () => ({ probability: 0.1, most: 0.2 }) },
  pixels: {
    make: options => models.pixels(new Uint8Array(128), options),
    valid: () => ({
      image,
      of: [0, 1],
      augment: models.shift(),
      seed: 1,
      rng: undefined,
      backend: undefined,
    }),
  },
  loadCheckpoint: {
    make: options => models.loadCheckpoint(small(), options),
    valid: () => ({ backend: undefined, file: 'runs/a' }),
  },
  Trainer: { make: options => new models.Trainer(options), valid: parts },
  'Trainer: clip': {
    make: clip => new models.Trainer({ ...parts(), clip }),
    valid: () => ({ norm: 1, value: 2 }),
  },
  'Trainer.run': {
    make: options => new models.Trainer(parts()).run(options),
    valid: () => ({ steps: 1, progress: false, onStep: () => true }),
  },
}

/** What the call throws, at once or later; undefined where it goes well. */
async function thrown(make: () => unknown): Promise<unknown> {
  try {
    await make()
  } catch (error) {
    return error
  }
}

/** Ours: an Error that says what was expected, and no TypeError of JavaScript's. */
function expectOurs(error: unknown): void {
  expect((error as Error)?.constructor).toBe(Error)
  expect((error as Error).message).toMatch(/^[a-zA-Z0-9]+.*: .*/)
}

const WRONG: readonly unknown[] = [
  ...[null, Number.NaN, -1, 0.5, 'text', true, [], [1, 2, 3, 4], {}, { a: 1 }, 1n, new Float32Array(3)],
  ...[() => 1, Symbol.iterator, new Date(0), new Map(), Promise.resolve(1), tensor([1, 2])],
]

describe.each(Object.entries(FACTORIES))('%s', (op, { make, valid }) => {
  const call = (options: unknown) => thrown(() => make(options as never))

  it('takes all its options, also undefined ones', async () => {
    expect(await call(valid())).toBeUndefined()
  })

  it('refuses an option that there is not, and names the nearest', async () => {
    expect(String(await call({ ...valid(), zzzz: 1 }))).toContain(`${op}: there is no option zzzz`)
    for (const name of Object.keys(valid())) {
      const { [name]: value, ...rest } = valid()
      for (const slip of [name + name.at(-1), name[0] + name, name.toUpperCase()]) {
        const message = String(await call({ ...rest, [slip]: value }))
        // One letter twice is near to nothing.
        const hint = slip.length > 1 && name.length === 1 ? 'known: ' : `did you mean ${name}?`
        expect(message).toContain(`${op}: there is no option ${slip}, ${hint}`)
      }
    }
  })

  it('refuses what are no options', async () => {
    for (const options of WRONG.filter(value => Object.getPrototypeOf(Object(value)) !== Object.prototype)) {
      expectOurs(await call(options))
      expect(String(await call(options))).toContain('expected, got ')
    }
  })

  it('refuses options of the wrong kind by an error of ours, or takes them', async () => {
    const names = Object.keys(valid())
    if (names.length === 0) return
    const property = fc.asyncProperty(
      fc.constantFrom(...names),
      fc.constantFrom(...WRONG),
      async (name, wrong) => {
        const error = await call({ ...valid(), [name]: wrong })
        if (error !== undefined) expectOurs(error)
      },
    )
    await check(property, 80)
  })
})

const w = () => parameter([1, 2])
const [x, y] = [ones([4, 2]), [0, 1, 0, 1]]
const trainer = (more: object) => () => new models.Trainer({ ...parts(), ...more } as never)

describe('the right form is in the error of', () => {
  it.each<[string, () => unknown, string | RegExp]>([
    [
      'adam([w])',
      () => models.adam([w()] as never),
      'adam: parameters by name, { weight, bias }, or groups of them, [{ parameters, lr }], expected, got [a Tensor]',
    ],
    ['adam(w)', () => models.adam(w() as never), 'adam: parameters by name'],
    ['adam(net)', () => models.adam(net() as never), 'adam: net.parameters expected, got the net itself'],
    [
      'sgd(loss)',
      () => models.sgd(cosFace({ classes: 2, dim: 2 }) as never, { lr: 1 }),
      'sgd: loss.parameters expected, got the loss itself',
    ],
    [
      'adam([net])',
      () => models.adam([net()] as never),
      'adam: group 0 as { parameters: net.parameters, lr } expected, got the net itself',
    ],
    [
      'adam([{ parameters: net }])',
      () => models.adam([{ parameters: net() as never }]),
      'adam: net.parameters expected, got the net itself',
    ],
    [
      'adam([net.parameters])',
      () => models.adam([params()] as never),
      'adam: group 0 as { parameters: net.parameters, lr } expected, got { w }',
    ],
    [
      'adam({ parameters })',
      () => models.adam({ parameters: params() } as never),
      'adam: parameters as a parameter expected, got { w }',
    ],
    [
      'adam(p, 0.1)',
      () => models.adam(params(), 0.1 as never),
      'adam: options as an object, { lr, betas, eps, weightDecay, amsgrad }, expected, got 0.1',
    ],
    ['sgd(p)', () => models.sgd(params(), undefined as never), 'sgd: options as an object, { lr, momentum'],
    [
      'Trainer({ clip: 1 })',
      trainer({ clip: 1 }),
      'Trainer: clip: options as an object, { norm, value }, expected, got 1',
    ],
    [
      'sampling: instances',
      trainer({ sampling: models.instances }),
      'Batches: sampling as instances() expected, got instances uncalled',
    ],
    [
      'sampling: identityBalanced',
      trainer({ sampling: models.identityBalanced }),
      'sampling as identityBalanced() expected',
    ],
    [
      'sampling: a function of another kind',
      trainer({ sampling: () => 1 }),
      'a sampling that gives a sampler, as instances() does, expected',
    ],
    [
      'schedule: warmupCosine',
      trainer({ schedule: models.warmupCosine }),
      'Trainer: schedule as warmupCosine() expected, got warmupCosine uncalled',
    ],
    [
      'schedule: 0.1',
      trainer({ schedule: 0.1 }),
      'Trainer: schedule as a function, such as constant(..), expected, got 0.1',
    ],
    [
      'loss: cosFace',
      trainer({ loss: cosFace }),
      'Trainer: loss as a loss expected, got the function cosFace: is it to be called?',
    ],
    [
      'net: smallNet',
      trainer({ net: models.smallNet }),
      'Trainer: net as a net expected, got the function smallNet',
    ],
    ['x: [[..]]', trainer({ x: [[1, 2]] }), 'Trainer: x as a tensor x[N,...], or a source'],
    [
      'optimizer: adam',
      trainer({ optimizer: models.adam }),
      'Trainer: optimizer as an optimizer, such as adam(net.parameters), expected, got the function adam',
    ],
    [
      'augment: shift',
      () => models.pixels(new Uint8Array(784), { augment: models.shift as never }),
      'pixels: augment as shift() expected, got shift uncalled',
    ],
    [
      'inTurn(shift)',
      () => models.inTurn(models.shift as never),
      'inTurn: step 0 as shift() expected, got shift uncalled',
    ],
    [
      'sequential({ act: relu })',
      () => layers.sequential({ act: layers.relu as never }),
      'layers.sequential: act as a layer expected, got the function',
    ],
    [
      'sequential([..])',
      () => layers.sequential([layers.relu()] as never),
      'layers.sequential: layers by name, { conv1, act1, fc }, expected',
    ],
    ['relu(x)', () => layers.relu(x as never), 'layers.relu: options as an object'],
    [
      'net(x, true)',
      () => net()(x, true as never),
      'layers.linear: options as an object, { training }, expected, got true',
    ],
    [
      'net(x, { train: true })',
      () => net()(x, { train: true } as never),
      'there is no option train, did you mean training?',
    ],
    [
      'batchNorm(16)',
      () => layers.batchNorm(16 as never),
      'layers.batchNorm: options as an object, { channels',
    ],
    [
      'linear without a seed',
      () => layers.linear({ in: 1, out: 1 }),
      'layers.linear: seed, an integer, or rng, a generator, expected, got neither',
    ],
    [
      'smallNet({ rng: 0 })',
      () => models.smallNet({ dim: 2, rng: 0 as never }),
      'smallNet: rng as a generator, such as generator(0), expected, got 0; a number is a seed',
    ],
    [
      'cosFace({ seed: generator })',
      () => cosFace({ classes: 2, dim: 2, seed: generator(0) as never }),
      'cosFace: the seed is an integer, got a Generator; a generator is an rng',
    ],
    [
      'both',
      () => models.smallNet({ dim: 2, seed: 1, rng: generator(1) }),
      'smallNet: seed or rng expected, got both',
    ],
    [
      'sphereFaceNet({ depth: 36 })',
      () => models.sphereFaceNet({ depth: 36 as never }),
      'sphereFaceNet: depth is 4 or 20, got 36',
    ],
    [
      'smallNet({ dim })',
      () => models.smallNet({} as never),
      'smallNet: dim as an integer >= 1 expected, got undefined',
    ],
    [
      'convNet of 4 x 4',
      () => models.convNet({ dim: 2, input: [4, 8, 1] }),
      'convNet: height of at least 8 expected, got 4',
    ],
    [
      'convNet, channels first',
      () => models.convNet({ dim: 2, input: [3, 32, 32] }),
      'convNet: input as [height, width, channels] expected, got [3,32,32], did you mean [32, 32, 3]?',
    ],
    [
      'images of other channels than the net has',
      () => models.convNet({ dim: 2, input: [8, 8, 1] })(ones([2, 8, 8, 3])),
      'layers.conv2d: x[N,H,W,1] expected, got shape [2,8,8,3] (option in: 1; of a net, input: [height, width, channels])',
    ],
    [
      'images of another size than the net has',
      () => models.smallNet({ dim: 2, input: [8, 8, 3] })(ones([2, 16, 16, 3])),
      'layers.linear: x[...,64] expected, got shape [2,256] (option in: 64; of a net, input: [height, width, channels])',
    ],
    [
      'embed(x, net)',
      () => models.embed(x as never, net() as never),
      'embed: net as a net expected, got a Tensor',
    ],
    ['embed(net, [[..]])', () => models.embed(net(), [[1, 2]] as never), 'embed: x as a tensor x[N,...]'],
    [
      'embed(net, x, { batch })',
      () => models.embed(net(), x, { batch: 3 } as never),
      'embed: a batch >= 1 expected, got { batch }',
    ],
    [
      'saveCheckpoint(trainer)',
      () => models.saveCheckpoint(net() as never),
      'checkpoint: a state, { tensors, values }',
    ],
    [
      'load(bytes)',
      () => net().load(small() as never),
      'a state, { tensors, values }, as state() and loadCheckpoint() give it, expected, got a Uint8Array',
    ],
    [
      'pixels of floats',
      () => models.pixels(new Float32Array(784) as never),
      /^pixels.*samples of floats are a tensor.*got a Float32Array/,
    ],
    ['pixels of numbers', () => models.pixels([1, 2] as never), /^pixels.*bytes .* expected, got \[1, 2\]/],
    [
      'new Batches(list)',
      () => new models.Batches([[1]] as never, [0], 1, 0),
      'Batches: x as a tensor x[N,...]',
    ],
    [
      'clipGradNorm(g, { norm: 1 })',
      () => models.clipGradNorm({ g: tensor([1]) }, { norm: 1 } as never),
      'clipGradNorm: a limit >= 0 expected, got { norm }',
    ],
    [
      'clipGradNorm()',
      () => (models.clipGradNorm as unknown as () => void)(),
      'clipGradNorm: gradients by name, { weight, bias }, expected, got undefined',
    ],
    ['clipGradNorm of none', () => models.clipGradNorm({}, 1), 'at least one gradient expected, got none'],
    [
      'clipGradValue of values',
      () => models.clipGradValue({ g: [1] } as never, 1),
      'clipGradValue: g as a gradient expected, got [1]',
    ],
    [
      'decayGroups of null',
      () => models.decayGroups({ a: null } as never),
      'decayGroups: a as a parameter expected, got null',
    ],
    [
      'decayGroups by a name',
      () => models.decayGroups({ w: w() }, { decays: 'w' } as never),
      'decayGroups: decays as a function expected, got "w"',
    ],
    [
      'step of values',
      () => models.adam({ w: w() }).step({ w: [1, 2] } as never),
      'adam.step: w as a tensor expected, got [1, 2]',
    ],
  ])('%s', (_, call, message) => {
    expect(call).toThrow(message)
    expect(call).not.toThrow(TypeError)
  })

  it('run(5) and run({ step: 5 })', async () => {
    const { run } = models.Trainer.prototype
    const five = run.bind(trainer({})())
    await expect(five(5 as never)).rejects.toThrow(
      'Trainer.run: options as an object, { steps, progress, forces, onStep }, expected, got 5',
    )
    await expect(five({ step: 5 } as never)).rejects.toThrow('there is no option step, did you mean steps?')
  })
})

describe('seed and rng', () => {
  const values = (tensors: Readonly<Record<string, Tensor>>) =>
    Object.values(tensors).map(t => [...t.dataSync()])
  const nets = [models.smallNet, models.convNet, models.resNet] as const
  it('are the same way everywhere: a seed is the generator of that seed, and 0 where neither is given', () => {
    for (const make of nets) {
      const own = { dim: 2, input: [8, 8, 1] } as const
      const of = (more: object) => values(make({ ...own, ...more }).parameters)
      expect(of({ seed: 5 })).toEqual(of({ rng: generator(5) }))
      expect(of({})).toEqual(of({ seed: 0 }))
      expect(of({})).not.toEqual(of({ seed: 5 }))
    }
    const W = (more: object) => values(cosFace({ classes: 3, dim: 2, ...more }).parameters)
    expect(W({ seed: 5 })).toEqual(W({ rng: generator(5) }))
    expect(W({})).toEqual(W({ seed: 0 }))
    expect(W({})).not.toEqual(W({ seed: 5 }))
    const layer = (more: object) => values(layers.linear({ in: 2, out: 2, ...more }).parameters)
    expect(layer({ seed: 5 })).toEqual(layer({ rng: generator(5) }))
  })

  it('order the samples of a Trainer and the augmentation of pixels', () => {
    const order = (more: object) =>
      trainer({ ...more, ...('rng' in more ? { seed: undefined } : {}) })().state().values
    expect(order({ seed: 3 })).not.toEqual(order({ seed: 4 }))
    expect(order({ rng: generator(3) })).toEqual(order({ seed: generator(3).seed() }))
    const noisy = (more: object) => [
      ...models
        .pixels(Uint8Array.of(...Array(64).keys()), { image: [8, 8, 1], augment: models.noise(), ...more })
        .draw([0])()
        .dataSync(),
    ]
    expect(noisy({})).toEqual(noisy({ seed: 0 }))
    expect(noisy({ rng: generator(3) })).toEqual(noisy({ seed: generator(3).seed() }))
    expect(y).toHaveLength(x.shape[0])
  })
})

describe('labels of a training', () => {
  it('are checked before its first step, by sample, for each loss', () => {
    const wrong = [...parts().y.slice(0, 5), 3]
    expect(trainer({ y: wrong })).toThrow(
      'Trainer: cosFace: labels are integers from 0 to 2, got 3 for sample 5',
    )
    expect(trainer({ y: BigInt64Array.from(wrong, BigInt) })).toThrow('got 3n for sample 5')
    expect(trainer({ y: BigInt64Array.from(parts().y, BigInt) })).not.toThrow()
  })
})

describe('pixels', () => {
  it('takes bytes however they are held', () => {
    const bytes = Uint8Array.from({ length: 8 }, (_, k) => 30 * k)
    const of = (held: models.Bytes) => [
      ...models
        .pixels(held, { image: [2, 2, 1] })
        .rows([1])
        .dataSync(),
    ]
    const expected = [...bytes.subarray(4)].map(b => Math.fround(b / 255))
    for (const held of [bytes, bytes.buffer, new DataView(bytes.buffer), Buffer.from(bytes)]) {
      expect(of(held)).toEqual(expected)
    }
  })
})
