import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Constant, type Graph, readModel, readTensor } from './proto.ts'

/** Where Debian's package libonnx-testdata has ONNX's node tests. */
export const FOLDER = '/usr/share/libonnx-testdata/data/node'

/** A graph, mostly of one node, and what it makes of what. */
export interface NodeTest {
  readonly name: string
  readonly graph: Graph
  readonly sets: readonly { readonly inputs: Constant[]; readonly outputs: Constant[] }[]
}

/** The tests of a folder by name. Throws where it is not there. */
export function nodeTests(folder = FOLDER): string[] {
  if (!existsSync(folder))
    throw new Error(`${folder} expected, from Debian's package libonnx-testdata, got none`)
  return readdirSync(folder).sort()
}

export function loadNodeTest(name: string, folder = FOLDER): NodeTest {
  const path = join(folder, name)
  const graph = readModel(readFileSync(join(path, 'model.onnx')))
  const isTensor = [...graph.inputs, ...graph.outputs].every(({ type }) => type !== undefined)
  const sets = readdirSync(path).filter(file => file.startsWith('test_data_set_'))
  const read = (set: string, kind: string, count: number): Constant[] =>
    isTensor
      ? Array.from({ length: count }, (_, i) => readTensor(readFileSync(join(path, set, `${kind}_${i}.pb`))))
      : []
  return {
    name,
    graph,
    sets: sets.map(set => ({
      inputs: read(set, 'input', graph.inputs.length),
      outputs: read(set, 'output', graph.outputs.length),
    })),
  }
}
