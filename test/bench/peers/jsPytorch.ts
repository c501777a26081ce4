import { createRequire } from 'node:module'
import { torch } from 'js-pytorch'
import { sizeOf } from '../cases/case.ts'
import type { Adapter } from '../harness/adapter.ts'
import { type Attrs, type Library, prepareOp } from '../harness/library.ts'
import { versionOf } from './version.ts'

type T = ReturnType<typeof torch.tensor>
type Nested = number | Nested[]

/** It has no convolution, unless a later version answers here. */
function convolution(): never {
  const { Conv2d } = torch.nn as { Conv2d?: unknown }
  throw new Error(
    Conv2d === undefined ? 'torch.nn has no Conv2d' : 'torch.nn.Conv2d is new: the bench has no adapter',
  )
}

/** js-pytorch on its `cpu` or its `gpu`, by a gpu.js of its own: nested arrays of numbers, on the host in both cases. */
export async function open({ device = 'cpu' }: { device?: 'cpu' | 'gpu' }): Promise<Adapter> {
  if (device === 'gpu') shareGl()
  const own: Library<T> = {
    ...library,
    upload: (values, { shape }) => torch.tensor(nested(values, shape) as number[], false, device),
  }
  return {
    version: versionOf('js-pytorch'),
    prepare: c => (c.op === 'step' ? convolution() : prepareOp(own, c)),
  }
}

/** The `gl` beside it was installed without being compiled; it gets the project's, of the same version, which was. */
function shareGl(): void {
  const [beside, project] = ['../package.json', '../../../package.json'].map(path =>
    createRequire(new URL(path, import.meta.url)),
  )
  project('gl')
  project.cache[beside.resolve('gl')] = project.cache[project.resolve('gl')]
}

const axisOf = ({ axis }: Attrs): number => axis as number

const library: Omit<Library<T>, 'upload'> = {
  read: z => [z.data].flat(Number.POSITIVE_INFINITY) as number[],
  free() {},
  ops: {
    matmul: ([a, b], { transposeA, transposeB }) =>
      torch.matmul(transposeA ? torch.transpose(a, 0, 1) : a, transposeB ? torch.transpose(b, 0, 1) : b),
    conv2d: convolution,
    conv2dInputGrad: convolution,
    conv2dWeightGrad: convolution,
    add: ([x, y]) => torch.add(x, y),
    mul: ([x, y]) => torch.mul(x, y),
    relu: ([x]) => new torch.nn.ReLU().forward(x),
    exp: ([x]) => torch.exp(x),
    log: ([x]) => torch.log(x),
    sum: ([x], attrs) => x.sum(axisOf(attrs)),
    sumAll: ([x]) => x.sum(),
    softmax: ([x], attrs) => new torch.nn.Softmax().forward(x, axisOf(attrs)),
    permute: ([x], { axes }) => {
      const [first, second, ...more] = (axes as number[]).filter((axis, i) => axis !== i)
      if (more.length > 0) throw new Error('transposes two axes only')
      return torch.transpose(x, first, second)
    },
  },
}

function nested(values: ArrayLike<number>, shape: readonly number[], start = 0): Nested {
  const [size, ...rest] = shape
  if (size === undefined) return values[start]
  const inner = sizeOf(rest)
  return Array.from({ length: size }, (_, i) => nested(values, rest, start + i * inner))
}
