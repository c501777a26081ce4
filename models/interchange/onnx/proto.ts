import { PbfWriter } from 'pbf'

/**
 * The part of ONNX's schema (github.com/onnx/onnx/blob/main/onnx/onnx.proto) that an exported net needs, as data and as
 * bytes. The number before each field's value below is the schema's.
 */
export interface Model {
  readonly opset: number
  readonly graph: Graph
}
interface Graph {
  readonly name: string
  readonly nodes: readonly Node[]
  readonly constants: readonly Constant[]
  readonly input: ValueInfo
  readonly output: ValueInfo
}
export interface Node {
  readonly op: string
  readonly name: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, Attribute>>
}
export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly text: string }
  | { readonly ints: readonly number[] }
/** float32 or int64 values, row-major. */
export interface Constant {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: Float32Array | BigInt64Array
}
/** float32; an axis is a size or the name of one that varies. */
interface ValueInfo {
  readonly name: string
  readonly shape: readonly (number | string)[]
}

/** The file format's version that came with an opset: 7 with 13 and 14, 8 with 15 to 18, 9 with 19 and 20. */
const irVersion = (opset: number): number => (opset < 15 ? 7 : opset < 19 ? 8 : 9)
const FLOAT = 1
const INT64 = 7
const ATTRIBUTE = { float: 1, int: 2, text: 3, ints: 7 } as const

export function encode(model: Model): Uint8Array {
  const pbf = new PbfWriter()
  pbf.writeVarintField(1, irVersion(model.opset))
  pbf.writeStringField(2, 'ir-softmax')
  pbf.writeMessage(7, writeGraph, model.graph)
  pbf.writeMessage(8, writeOpset, model.opset)
  return pbf.finish()
}

function writeOpset(version: number, pbf: PbfWriter): void {
  pbf.writeStringField(1, '')
  pbf.writeVarintField(2, version)
}

function writeGraph({ name, nodes, constants, input, output }: Graph, pbf: PbfWriter): void {
  for (const node of nodes) pbf.writeMessage(1, writeNode, node)
  pbf.writeStringField(2, name)
  for (const constant of constants) pbf.writeMessage(5, writeConstant, constant)
  pbf.writeMessage(11, writeValueInfo, input)
  pbf.writeMessage(12, writeValueInfo, output)
}

export function writeNode({ op, name, inputs, outputs, attributes }: Node, pbf: PbfWriter): void {
  for (const input of inputs) pbf.writeStringField(1, input)
  for (const output of outputs) pbf.writeStringField(2, output)
  pbf.writeStringField(3, name)
  pbf.writeStringField(4, op)
  for (const attribute of Object.entries(attributes)) pbf.writeMessage(5, writeAttribute, attribute)
}

function writeAttribute([name, value]: [string, Attribute], pbf: PbfWriter): void {
  pbf.writeStringField(1, name)
  if ('float' in value) {
    pbf.writeFloatField(2, value.float)
    pbf.writeVarintField(20, ATTRIBUTE.float)
  } else if ('int' in value) {
    pbf.writeVarintField(3, value.int)
    pbf.writeVarintField(20, ATTRIBUTE.int)
  } else if ('text' in value) {
    pbf.writeStringField(4, value.text)
    pbf.writeVarintField(20, ATTRIBUTE.text)
  } else {
    pbf.writePackedVarint(8, [...value.ints])
    pbf.writeVarintField(20, ATTRIBUTE.ints)
  }
}

export function writeConstant({ name, shape, values }: Constant, pbf: PbfWriter): void {
  pbf.writePackedVarint(1, [...shape])
  pbf.writeVarintField(2, values instanceof Float32Array ? FLOAT : INT64)
  pbf.writeStringField(8, name)
  pbf.writeBytesField(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
}

export function writeValueInfo({ name, shape }: ValueInfo, pbf: PbfWriter): void {
  pbf.writeStringField(1, name)
  pbf.writeMessage(2, writeType, shape)
}

/** TypeProto { tensor_type = 1 { elem_type = 1, shape = 2 { dim = 1 { dim_value = 1 or dim_param = 2 } } } } */
function writeType(shape: ValueInfo['shape'], pbf: PbfWriter): void {
  pbf.writeMessage(1, writeTensorType, shape)
}
function writeTensorType(shape: ValueInfo['shape'], pbf: PbfWriter): void {
  pbf.writeVarintField(1, FLOAT)
  pbf.writeMessage(2, writeShape, shape)
}
function writeShape(shape: ValueInfo['shape'], pbf: PbfWriter): void {
  for (const size of shape) pbf.writeMessage(1, writeSize, size)
}
function writeSize(size: number | string, pbf: PbfWriter): void {
  if (typeof size === 'number') pbf.writeVarintField(1, size)
  else pbf.writeStringField(2, size)
}
