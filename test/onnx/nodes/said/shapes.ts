import {
  astype,
  broadcastTo,
  concat,
  identity,
  notEqual,
  pad,
  permute,
  reshape,
  type Shape,
  slice,
  type Tensor,
  tril,
  triu,
} from '../../../../engine/index.ts'
import { BOOL } from '../elements.ts'
import { number, numbers, type Said } from '../node.ts'

/** What moves values. */
export const SHAPES: Readonly<Record<string, Said>> = {
  Cast: ([x], node) => (node.int('to') === BOOL ? notEqual(x, 0) : astype(x, node.dtype('to'))),
  CastLike: ([x, like]) => astype(x, like.dtype),
  Concat: (xs, node) => concat(xs, node.int('axis')),
  DepthToSpace: ([x], node) => {
    const [n, c, h, w] = x.shape
    const b = node.int('blocksize')
    const z =
      node.text('mode', 'DCR') === 'DCR'
        ? permute(reshape(x, [n, b, b, c / b / b, h, w]), [0, 3, 4, 1, 5, 2])
        : permute(reshape(x, [n, c / b / b, b, b, h, w]), [0, 1, 4, 2, 5, 3])
    return reshape(z, [n, c / b / b, h * b, w * b])
  },
  Expand: ([x, shape]) => broadcastTo(x, broadcast(x.shape, numbers(shape))),
  Flatten: ([x], node) => {
    const axis = node.int('axis', 1)
    return reshape(x, [size(x.shape.slice(0, axis)), size(x.shape.slice(axis < 0 ? axis + x.rank : axis))])
  },
  Identity: ([x]) => identity(x),
  Pad: ([x, widths, value], node) => {
    const mode = node.text('mode', 'constant')
    const [before, after] = [numbers(widths).slice(0, x.rank), numbers(widths).slice(x.rank)]
    if (mode !== 'constant') return pad(x, before, after, mode as 'edge' | 'reflect')
    return pad(x, before, after, value === undefined ? 0 : number(value))
  },
  Reshape: ([x, shape], node) => {
    const keepsZero = node.flag('allowzero')
    return reshape(
      x,
      numbers(shape).map((n, i) => (n === 0 && !keepsZero ? x.shape[i] : n)),
    )
  },
  Slice: ([x, starts, ends, axes, steps]) => {
    const along = axes === undefined ? numbers(starts).map((_, i) => i) : from(numbers(axes), x.rank)
    const each = (values: Tensor | undefined): number[] => {
      const line: number[] = new Array(x.rank)
      for (const [i, v] of values === undefined ? [] : numbers(values).entries()) line[along[i]] = v
      return line
    }
    return slice(x, each(starts), each(ends), each(steps))
  },
  SpaceToDepth: ([x], node) => {
    const [n, c, h, w] = x.shape
    const b = node.int('blocksize')
    const z = permute(reshape(x, [n, c, h / b, b, w / b, b]), [0, 3, 5, 1, 2, 4])
    return reshape(z, [n, c * b * b, h / b, w / b])
  },
  Split: ([x, sizes], node) => {
    const axis = node.int('axis')
    const n = x.shape.at(axis) as number
    const parts = sizes === undefined ? node.outputs.map(() => n / node.outputs.length) : numbers(sizes)
    let end = 0
    return parts.map(part => {
      const at = axis < 0 ? axis + x.rank : axis
      const start = x.shape.map((_, i) => (i === at ? end : 0))
      end += part
      return slice(x, start, x.shape.with(at, end))
    })
  },
  Squeeze: ([x, axes]) => {
    const gone =
      axes === undefined ? x.shape.flatMap((n, i) => (n === 1 ? [i] : [])) : from(numbers(axes), x.rank)
    return reshape(
      x,
      x.shape.filter((_, i) => !gone.includes(i)),
    )
  },
  Tile: ([x, repeats]) => {
    const times = numbers(repeats)
    const lined = reshape(
      x,
      x.shape.flatMap(n => [1, n]),
    )
    const whole = broadcastTo(
      lined,
      x.shape.flatMap((n, i) => [times[i], n]),
    )
    return reshape(
      whole,
      x.shape.map((n, i) => n * times[i]),
    )
  },
  Transpose: ([x], node) => permute(x, node.ints('perm') ?? x.shape.map((_, i) => x.rank - 1 - i)),
  Trilu: ([x, k], node) => (node.flag('upper', true) ? triu : tril)(x, k === undefined ? 0 : number(k)),
  Unsqueeze: ([x, axes], node) => {
    const shape = [...x.shape]
    const given = node.ints('axes') ?? numbers(axes)
    for (const axis of from(given, x.rank + given.length).sort((a, b) => a - b)) shape.splice(axis, 0, 1)
    return reshape(x, shape)
  },
}

const size = (shape: Shape): number => shape.reduce((n, s) => n * s, 1)
const from = (axes: readonly number[], rank: number): number[] => axes.map(a => (a < 0 ? a + rank : a))

/** `shape` too may have sizes of 1 that stretch. */
function broadcast(x: Shape, shape: Shape): number[] {
  const rank = Math.max(x.length, shape.length)
  const at = (s: Shape, i: number): number => s[i - rank + s.length] ?? 1
  return Array.from({ length: rank }, (_, i) => (at(x, i) === 1 ? at(shape, i) : at(x, i)))
}
