import { checkFlag, checkOptions, type OptionNames } from '../../../engine/check.ts'
import { noGrad, type Shape, type State, type Tensor, tidy, zeros } from '../../../engine/index.ts'
import { checkShape } from '../../../engine/shape.ts'
import type { Bytes } from '../../files.ts'
import { fold } from '../../fold.ts'
import type { Kinds, Layer } from '../../layers/index.ts'
import { checkNet, descriptionOf, tensorsOf, under } from '../net.ts'
import { Builder, type Scope, type Value } from './builder.ts'
import { NODES } from './nodes.ts'
import { encodeOnto } from './onto.ts'
import { encode, type Model } from './proto.ts'

export interface ExportOptions {
  /** The net's values, when it is on a backend that answers later: `await moveState(net.state(), backend('auto'))`. */
  state?: State
  /** Write what `fold(net)` gives: each batch norm within the weights before it. Default false: a layer stays what it is. */
  fold?: boolean
  /**
   * A model file whose output the net takes, such as that of the vectors of `embedWith`: both in one file, with the model's input and the
   * output `head/output`. Vectors only; opset 13 or later.
   */
  onto?: Bytes
}

/**
 * A trained net as an ONNX file: `writeFileSync('net.onnx', exportOnnx(net, [28, 28, 1]))`. `input` is the shape of one
 * sample as the net takes it. As ONNX's users expect, images go in as [batch,C,H,W]: the input is named `input`, the
 * output `output`, their first axis `batch`, of any size; a net that gives images gives [batch,C,H,W] too. The net
 * computes as outside training: dropout does nothing, batch norm takes the running statistics. float32; opset 13 and file
 * format 7, which runtimes since 2021 read, but 20 and 9 with `gelu`, 19 and 9 with a dilated `avgPool2d`.
 * Throws on a layer that is not ours, naming it, on a net of float64, and on an input that the net does not take.
 */
export function exportOnnx(net: Layer, input: Shape, options: ExportOptions = {}): Uint8Array {
  checkNet('exportOnnx', net)
  checkShape('exportOnnx: input', input)
  checkOptions('exportOnnx', options, OPTIONS)
  const { state, fold: folds = false, onto } = options
  const encoded = (model: Model): Uint8Array => (onto === undefined ? encode(model) : encodeOnto(onto, model))
  if (onto !== undefined && input.length !== 1) {
    throw new Error(`exportOnnx: onto: an input of vectors [D] expected, got [${input}]`)
  }
  checkFlag('exportOnnx', 'fold', folds)
  return noGrad(() =>
    tidy(() => {
      const tensors = tensorsOf('exportOnnx', net, state)
      if (!folds) return encoded(modelOf(net, input, tensors))
      const folded = fold(net, { state, keepTransforms: false })
      try {
        return encoded(modelOf(folded, input, folded.state().tensors))
      } finally {
        for (const p of Object.values(folded.parameters)) p.dispose()
      }
    }),
  )
}

const OPTIONS = { state: true, fold: true, onto: ['backbone', 'base'] } satisfies OptionNames<ExportOptions>

function modelOf(net: Layer, input: Shape, tensors: Readonly<Record<string, Tensor>>): Model {
  const other = Object.entries(tensors).find(([, t]) => t.dtype !== 'float32')
  if (other !== undefined)
    throw new Error(`exportOnnx: a net of float32 expected, got ${other[0]} of ${other[1].dtype}`)
  const output = net(zeros([1, ...input], { backend: Object.values(net.state().tensors)[0]?.backend })).shape
  const builder = new Builder()
  let last = addLayer(builder, net, '', { name: 'input', rank: input.length }, tensors)
  // A net without a layer still has an output of its own.
  if (last.name === 'input') last = { ...last, name: builder.at('').node('Identity', ['input']) }
  builder.rename(last.name, 'output')
  const graph = {
    name: 'net',
    nodes: builder.nodes,
    constants: builder.constants,
    input: { name: 'input', shape: ['batch', ...asInGraph(input)] },
    output: { name: 'output', shape: ['batch', ...asInGraph(output.slice(1))] },
  }
  return { opset: builder.opset, graph }
}

const asInGraph = (sample: Shape): Shape => (sample.length === 3 ? [sample[2], sample[0], sample[1]] : sample)

/** Adds the layer at `path` to the graph; gives its output. `tensors` are the whole net's. */
function addLayer(
  builder: Builder,
  layer: Layer,
  path: string,
  x: Value,
  tensors: Readonly<Record<string, Tensor>>,
): Value {
  const own = descriptionOf('exportOnnx', path, layer)
  const part = (name: string, inner: Layer, z: Value): Value =>
    addLayer(builder, inner, under(path, name), z, tensors)
  if (own.kind === 'sequential') {
    return Object.entries(own.layers).reduce((z, [name, step]) => part(name, step, z), x)
  }
  if (own.kind === 'residual') {
    const g = own.shortcut === undefined ? x : part('shortcut', own.shortcut, x)
    const f = part('branch', own.branch, x)
    if (f.rank !== g.rank) {
      throw new Error(
        `exportOnnx: ${path || 'the net'}: a sum of equal ranks expected, got ${g.rank} + ${f.rank}`,
      )
    }
    return { ...f, name: builder.at(path).node('Add', [g.name, f.name]) }
  }
  const names = Object.keys(layer.state().tensors)
  const mine = Object.fromEntries(names.map(name => [name, tensors[under(path, name)]]))
  // The description fits the function of its kind, which is more than the types can follow.
  const toNodes = NODES[own.kind] as (
    g: Scope,
    x: Value,
    tensors: typeof mine,
    own: Kinds[keyof Kinds],
  ) => Value
  return toNodes(builder.at(path), x, mine, own)
}
