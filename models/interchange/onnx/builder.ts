import type { Tensor } from '../../../engine/index.ts'
import type { Attribute, Constant, Node } from './proto.ts'

/**
 * A value of the graph; `rank` is that of one sample as the layers see it. One of rank 3 is an image, [H,W,C] here and
 * [N,C,H,W] in the graph; others stand as they are.
 */
export interface Value {
  readonly name: string
  readonly rank: number
}

/**
 * The opset that a node needs, by what it is and says: that of December 2020 but for Gelu, for Trilu, for dilated average pools, and
 * for pools with ceil_mode: before 22 onnxruntime expects a last window that would begin behind the image, and gives none.
 * A lower one is read by more runtimes.
 */
function opsetOf({ op, attributes }: Node): number {
  if ('ceil_mode' in attributes) return 22
  if (op === 'Gelu') return 20
  if (op === 'Trilu') return 14
  return op === 'AveragePool' && 'dilations' in attributes ? 19 : 13
}

/** Gathers the nodes and constants of a graph. */
export class Builder {
  readonly nodes: Node[] = []
  readonly constants: Constant[] = []
  readonly #names = new Set<string>()

  /** What one layer adds its nodes and constants through; they are named after its place in the net. */
  at(path: string): Scope {
    const prefix = (separator: string, name: string): string =>
      path === '' ? name : `${path}${separator}${name}`
    return {
      node: (op, inputs, attributes = {}) => {
        const name = this.#unique(prefix('/', op))
        this.nodes.push({ op, name, inputs, outputs: [name], attributes })
        return name
      },
      constant: (label, t) => {
        const name = this.#unique(prefix('.', label))
        this.constants.push({ name, shape: t.shape, values: t.dataSync() })
        return name
      },
      integers: (label, list) => {
        const name = this.#unique(prefix('.', label))
        this.constants.push({ name, shape: [list.length], values: BigInt64Array.from(list, BigInt) })
        return name
      },
    }
  }

  /** The lowest opset that all nodes are of. */
  get opset(): number {
    return Math.max(...this.nodes.map(opsetOf))
  }

  /** Lets the node that gives `value` give `name` instead. */
  rename(value: string, name: string): void {
    const last = this.nodes.findIndex(({ outputs }) => outputs.includes(value))
    this.nodes[last] = { ...this.nodes[last], outputs: [name] }
  }

  #unique(name: string): string {
    let free = name
    for (let i = 1; this.#names.has(free); i++) free = `${name}_${i}`
    this.#names.add(free)
    return free
  }
}

export interface Scope {
  /** Adds a node of one output; gives the output's name. */
  node(op: string, inputs: readonly string[], attributes?: Readonly<Record<string, Attribute>>): string
  /** Adds a tensor of the layer; gives its name. */
  constant(label: string, t: Tensor): string
  /** Adds a list that is a node's input. */
  integers(label: string, list: readonly number[]): string
}
