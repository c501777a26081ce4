import { Tensor } from '../../../engine/index.ts'
import { type Place, tensorOf } from './elements.ts'
import { Node } from './node.ts'
import type { Node as Given, Graph } from './proto.ts'
import { SAID } from './said/index.ts'
import { cannot, UNSAID } from './unsaid.ts'

/** What a graph makes of its inputs, in order: node by node, each as its row says. */
export function evaluate(graph: Graph, inputs: readonly Tensor[], place: Place): Tensor[] {
  const known = new Map<string, Tensor>()
  for (const constant of graph.constants) known.set(constant.name, tensorOf(constant, place))
  for (const [i, { name }] of graph.inputs.entries()) known.set(name, inputs[i])
  for (const node of graph.nodes) {
    const outputs = said(node, place)(
      node.inputs.map(name => known.get(name) as Tensor),
      new Node(node, place),
    )
    const all = outputs instanceof Tensor ? [outputs] : outputs
    node.outputs.forEach((name, i) => {
      if (name === '') return
      if (all[i] === undefined) cannot(`output ${i} of ${node.op}`)
      known.set(name, all[i])
    })
  }
  return graph.outputs.map(({ name }) => known.get(name) as Tensor)
}

function said({ op, domain, attributes }: Given, place: Place) {
  if (domain !== '') cannot(`operators of ${domain}`)
  for (const { graph, constant } of Object.values(attributes)) {
    if (graph) cannot('control flow')
    if (constant !== undefined) tensorOf(constant, place)
  }
  return SAID[op] ?? cannot(UNSAID[op] ?? `no row for ${op}`)
}
