import { PbfReader, PbfWriter } from 'pbf'
import { type Bytes, bytesOf } from '../../files.ts'
import { type Model, writeConstant, writeNode, writeValueInfo } from './proto.ts'

/** Fields of ModelProto, GraphProto, ValueInfoProto and OperatorSetIdProto that are read here. */
const MODEL = { opset: 8, graph: 7 }
const GRAPH = { node: 1, constant: 5, output: 12 }

interface Field {
  readonly number: number
  /** Tag and value as they stand. */
  readonly raw: Uint8Array
  /** The value, where it is a text, bytes or a message. */
  readonly bytes: Uint8Array
}

/** The fields of a message, one after another. Throws where the bytes end within one. */
function fieldsOf(what: string, message: Uint8Array): Field[] {
  const pbf = new PbfReader(message)
  const fields: Field[] = []
  try {
    for (let start = 0; start < message.length; start = pbf.pos) {
      const number = pbf.nextField()
      const at = pbf.pos
      pbf.skip(pbf.type)
      if (pbf.pos > message.length || pbf.pos <= start) throw new Error(`${message.length} bytes`)
      const value = message.subarray(at, pbf.pos)
      const bytes = pbf.type === 2 ? withoutLength(value) : new Uint8Array(0)
      fields.push({ number, raw: message.subarray(start, pbf.pos), bytes })
      // Or nextField would pass over this value again.
      pbf._valueStart = -1
    }
  } catch (error) {
    throw new Error(`${what}: an ONNX file expected, got bytes that are none: ${(error as Error).message}`, {
      cause: error,
    })
  }
  return fields
}

/** The bytes of a value that begins with how many they are. */
function withoutLength(value: Uint8Array): Uint8Array {
  const pbf = new PbfReader(value)
  pbf.readVarint()
  return value.subarray(pbf.pos)
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** What a model file gives, and the opset that it is of. */
interface Frozen {
  readonly model: readonly Field[]
  readonly graph: readonly Field[]
  readonly opset: number
  readonly output: string
}

function read(what: string, file: Bytes): Frozen {
  const model = fieldsOf(what, bytesOf(what, file))
  const graphs = model.filter(({ number }) => number === MODEL.graph)
  if (graphs.length !== 1)
    throw new Error(`${what}: an ONNX file with a graph expected, got ${graphs.length} graphs`)
  const graph = fieldsOf(what, graphs[0].bytes)
  const outputs = graph
    .filter(({ number }) => number === GRAPH.output)
    .map(({ bytes }) => fieldsOf(what, bytes))
  const names = outputs.map(fields =>
    text(fields.find(({ number }) => number === 1)?.bytes ?? new Uint8Array(0)),
  )
  if (names.length !== 1)
    throw new Error(`${what}: a model of one output expected, got ${names.join(', ') || 'none'}`)
  const opsets = model
    .filter(({ number }) => number === MODEL.opset)
    .map(({ bytes }) => fieldsOf(what, bytes))
    .filter(fields => text(fields.find(({ number }) => number === 1)?.bytes ?? new Uint8Array(0)) === '')
  const version = opsets[0]?.find(({ number }) => number === 2)
  const opset = version === undefined ? 1 : new PbfReader(version.raw.subarray(1)).readVarint()
  return { model, graph, opset, output: names[0] }
}

/**
 * One file of a model that others made and of a head on its output: the model's bytes as they are, but for its output, which the
 * head takes in. Names of the head have `head/` before them, so that none is there twice. The opset is the model's. Throws where that is
 * below the head's or below 13, from which on the nodes of a head mean the same, and on a model of several outputs.
 */
export function encodeOnto(file: Bytes, head: Model): Uint8Array {
  const what = 'exportOnnx: onto'
  const frozen = read(what, file)
  const least = Math.max(13, head.opset)
  if (frozen.opset < least) {
    throw new Error(
      `${what}: a model of opset ${least} or later expected, got ${frozen.opset}; onnx.version_converter raises it`,
    )
  }
  const { input, output, nodes, constants } = head.graph
  const named = (name: string): string =>
    name === '' ? '' : name === input.name ? frozen.output : `head/${name}`
  const pbf = new PbfWriter()
  copyRaw(
    frozen.model.filter(({ number }) => number !== MODEL.graph),
    pbf,
  )
  pbf.writeMessage(
    MODEL.graph,
    (_, graph) => {
      copyRaw(
        frozen.graph.filter(({ number }) => number !== GRAPH.output),
        graph,
      )
      for (const { name, inputs, outputs, ...node } of nodes) {
        graph.writeMessage(GRAPH.node, writeNode, {
          ...node,
          name: named(name),
          inputs: inputs.map(named),
          outputs: outputs.map(named),
        })
      }
      for (const constant of constants)
        graph.writeMessage(GRAPH.constant, writeConstant, { ...constant, name: named(constant.name) })
      graph.writeMessage(GRAPH.output, writeValueInfo, { ...output, name: named(output.name) })
    },
    undefined,
  )
  return pbf.finish()
}

/** Fields as they stand. */
function copyRaw(fields: readonly Field[], pbf: PbfWriter): void {
  for (const { raw } of fields) {
    pbf.realloc(raw.length)
    pbf.buf.set(raw, pbf.pos)
    pbf.pos += raw.length
  }
}
