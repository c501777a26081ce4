import { PbfReader } from 'pbf'

/**
 * The part of ONNX's schema (github.com/onnx/onnx/blob/main/onnx/onnx.proto) that its node tests need, from bytes to data. The
 * number in each `tag ===` is the schema's.
 */
export interface Graph {
  readonly nodes: Node[]
  readonly constants: Constant[]
  readonly inputs: Value[]
  readonly outputs: Value[]
}
export interface Node {
  op: string
  domain: string
  readonly inputs: string[]
  readonly outputs: string[]
  readonly attributes: Record<string, Attribute>
}
export interface Attribute {
  float?: number
  int?: number
  text?: string
  constant?: Constant
  graph?: true
  readonly floats: number[]
  readonly ints: number[]
}
/** Its values stand in `raw`, or else in `numbers`. */
export interface Constant {
  name: string
  type: number
  readonly shape: number[]
  raw?: Uint8Array
  readonly numbers: number[]
}
/** `type` is that of its elements; undefined where it is no tensor. */
export interface Value {
  name: string
  type?: number
}

export const readModel = (bytes: Uint8Array): Graph => {
  const model = { graph: { nodes: [], constants: [], inputs: [], outputs: [] } as Graph }
  new PbfReader(bytes).readFields((tag, m, pbf) => {
    if (tag === 7) pbf.readMessage(graph, m.graph)
  }, model)
  return model.graph
}

export const readTensor = (bytes: Uint8Array): Constant =>
  new PbfReader(bytes).readFields(constant, emptyConstant())

const emptyConstant = (): Constant => ({ name: '', type: 0, shape: [], numbers: [] })

function graph(tag: number, g: Graph, pbf: PbfReader): void {
  if (tag === 1) {
    const made: Node = { op: '', domain: '', inputs: [], outputs: [], attributes: {} }
    g.nodes.push(pbf.readMessage(node, made))
  } else if (tag === 5) g.constants.push(pbf.readMessage(constant, emptyConstant()))
  else if (tag === 11) g.inputs.push(pbf.readMessage(value, { name: '' }))
  else if (tag === 12) g.outputs.push(pbf.readMessage(value, { name: '' }))
}

function node(tag: number, n: Node, pbf: PbfReader): void {
  if (tag === 1) n.inputs.push(pbf.readString())
  else if (tag === 2) n.outputs.push(pbf.readString())
  else if (tag === 4) n.op = pbf.readString()
  else if (tag === 7) n.domain = pbf.readString()
  else if (tag === 5) {
    const { name, ...rest } = pbf.readMessage(attribute, { name: '', floats: [], ints: [] })
    n.attributes[name] = rest
  }
}

function attribute(tag: number, a: Attribute & { name: string }, pbf: PbfReader): void {
  if (tag === 1) a.name = pbf.readString()
  else if (tag === 2) a.float = pbf.readFloat()
  else if (tag === 3) a.int = pbf.readVarint(true)
  else if (tag === 4) a.text = pbf.readString()
  else if (tag === 5) a.constant = pbf.readMessage(constant, emptyConstant())
  else if (tag === 6) a.graph = true
  else if (tag === 7) pbf.readPackedFloat(a.floats)
  else if (tag === 8) pbf.readPackedVarint(a.ints, true)
}

function constant(tag: number, c: Constant, pbf: PbfReader): void {
  if (tag === 1) pbf.readPackedVarint(c.shape, true)
  else if (tag === 2) c.type = pbf.readVarint()
  else if (tag === 4) pbf.readPackedFloat(c.numbers)
  else if (tag === 5 || tag === 7) pbf.readPackedVarint(c.numbers, true)
  else if (tag === 8) c.name = pbf.readString()
  else if (tag === 9) c.raw = Uint8Array.from(pbf.readBytes())
  else if (tag === 10) pbf.readPackedDouble(c.numbers)
  else if (tag === 11) pbf.readPackedVarint(c.numbers)
}

/** ValueInfoProto { name = 1, type = 2 { tensor_type = 1 { elem_type = 1 } } } */
function value(tag: number, v: Value, pbf: PbfReader): void {
  if (tag === 1) v.name = pbf.readString()
  else if (tag === 2) pbf.readMessage((t, to, p) => t === 1 && p.readMessage(tensorType, to), v)
}
function tensorType(tag: number, v: Value, pbf: PbfReader): void {
  if (tag === 1) v.type = pbf.readVarint()
}
