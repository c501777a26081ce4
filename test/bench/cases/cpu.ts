import type { Case, Fill, Input } from './case.ts'
import { type Common, convolutions, product } from './products.ts'

/** Float32 sums of some thousand terms, in any order, agree to about 1e-6; a wrong result does not to 1e-4. */
const COMMON: Common = { tolerance: 1e-4, budget: 2_000, limit: 30_000 }

const N = 128
const ELEMENTS = 1 << 20

export function cpuCases(): Case[] {
  return [...matmuls(), ...convs(), ...elementwise(), ...reductions(), ...pooling(), ...movement()]
}

function made(op: string, name: string, inputs: readonly Input[], rest: Partial<Case> = {}): Case {
  return { name, op, inputs, attrs: {}, ...COMMON, ...rest }
}

/** Squares; then the products of a training step, as M x N x K: a linear layer's, of cosines', of an unrolled conv's. */
const matmuls = (): Case[] => [
  ...[64, 128, 256, 512, 1024].map(n => product(COMMON, n, n, n)),
  product(COMMON, 128, 128, 3136),
  product(COMMON, 128, 32, 3136),
  product(COMMON, 128, 3136, 32, 'Bt'),
  product(COMMON, 3136, 32, 128, 'At'),
  product(COMMON, 128, 2000, 32, 'Bt'),
  product(COMMON, 128, 32, 2000),
  product(COMMON, 2000, 32, 128, 'At'),
  product(COMMON, 100352, 32, 800),
]

const convs = (): Case[] =>
  [
    // The layers of face nets.
    { batch: 8, c: 64, size: 56, o: 64, kernel: 3, stride: 1 },
    { batch: 32, c: 128, size: 28, o: 128, kernel: 3, stride: 1 },
    { batch: 32, c: 256, size: 14, o: 256, kernel: 3, stride: 1 },
    { batch: 32, c: 512, size: 7, o: 512, kernel: 3, stride: 1 },
    { batch: 8, c: 32, size: 112, o: 32, kernel: 3, stride: 1 },
    { c: 32, size: 28, o: 32, kernel: 5, stride: 1 },
    { c: 64, size: 14, o: 64, kernel: 3, stride: 1 },
    { c: 32, size: 28, o: 32, kernel: 5, stride: 2 },
    { c: 64, size: 14, o: 64, kernel: 3, stride: 2 },
    { c: 16, size: 28, o: 32, kernel: 3, stride: 2 },
    { c: 1, size: 28, o: 16, kernel: 3, stride: 1 },
  ].flatMap(geometry => convolutions(COMMON, { batch: N, ...geometry }))

function elementwise(): Case[] {
  const of = (fill: Fill): Input => ({ shape: [ELEMENTS], fill })
  const unary = (f: string, fill: Fill = 'signed') => made(f, `${f} 1M`, [of(fill)])
  const binary = (f: string) => made(f, `${f} 1M`, [of('signed'), of('signed')])
  return [
    // Next to no arithmetic: what a call itself costs.
    made('add', 'add 1', [{ shape: [1] }, { shape: [1] }]),
    binary('add'),
    binary('mul'),
    made('add', 'bias add 100352x16', [{ shape: [100352, 16] }, { shape: [16] }]),
    unary('relu'),
    unary('exp'),
    unary('log', 'positive'),
    unary('tanh'),
    unary('sigmoid'),
  ]
}

function reductions(): Case[] {
  const over = (op: string, name: string, shape: number[], axis: number) =>
    made(op, name, [{ shape }], { attrs: { axis } })
  return [
    // A sum of values around 0: what remains is small beside what went into it.
    made('sumAll', 'sum 1M', [{ shape: [ELEMENTS], fill: 'positive' }]),
    over('sum', 'sum over rows 100352x16', [100352, 16], 0),
    over('sum', 'sum over columns 128x2000', [128, 2000], 1),
    over('max', 'max over columns 128x2000', [128, 2000], 1),
    over('logSumExp', 'logSumExp 128x2000', [128, 2000], 1),
    over('softmax', 'softmax 128x2000', [128, 2000], 1),
  ]
}

function pooling(): Case[] {
  const x: Input = { shape: [N, 28, 28, 32], layout: 'NHWC' }
  const z: Input = { shape: [N, 14, 14, 32], layout: 'NHWC' }
  return [
    made('maxPool2d', 'maxPool 2x2 128x28x28x32 forward', [x], { outputLayout: 'NHWC' }),
    made('maxPool2dGrad', 'maxPool 2x2 128x28x28x32 dx', [z, x], { outputLayout: 'NHWC' }),
  ]
}

function movement(): Case[] {
  const rows: Input = { shape: [N], fill: { below: 2000 } }
  return [
    made('permute', 'transpose 1024x1024', [{ shape: [1024, 1024] }], { attrs: { axes: [1, 0] } }),
    made('permute', 'permute 128x28x28x32 to NCHW', [{ shape: [N, 28, 28, 32] }], {
      attrs: { axes: [0, 3, 1, 2] },
    }),
    made('gather', 'gather 128 of 2000x32', [{ shape: [2000, 32] }, rows]),
  ]
}
