import type { DType, Tensor } from '../../../engine/index.ts'
import { dtypeOf, type Place, tensorOf } from './elements.ts'
import type { Attribute, Node as Given } from './proto.ts'

/** A node as its row sees it: attributes with their defaults, and where its tensors are. */
export class Node {
  readonly place: Place
  readonly outputs: readonly string[]
  readonly #attributes: Readonly<Record<string, Attribute>>

  constructor({ attributes, outputs }: Given, place: Place) {
    this.place = place
    this.outputs = outputs
    this.#attributes = attributes
  }

  int(name: string, otherwise = 0): number {
    return this.#attributes[name]?.int ?? otherwise
  }
  flag(name: string, otherwise = false): boolean {
    return this.int(name, otherwise ? 1 : 0) !== 0
  }
  float(name: string, otherwise = 0): number {
    return this.#attributes[name]?.float ?? otherwise
  }
  text(name: string, otherwise = ''): string {
    return this.#attributes[name]?.text ?? otherwise
  }
  ints(name: string): number[] | undefined {
    return this.#attributes[name]?.ints
  }
  floats(name: string): number[] | undefined {
    return this.#attributes[name]?.floats
  }
  tensor(name: string): Tensor | undefined {
    const constant = this.#attributes[name]?.constant
    return constant && tensorOf(constant, this.place)
  }
  has(name: string): boolean {
    return name in this.#attributes
  }
  /** The dtype that an attribute names by the number of a type of elements. */
  dtype(name: string, otherwise = 1): DType {
    return dtypeOf(this.int(name, otherwise), this.place)
  }
}

/**
 * How an operator of ONNX is said: from its inputs, undefined where one is left out, and its attributes, the output, or all of
 * them.
 */
export type Said = (inputs: readonly Tensor[], node: Node) => Tensor | readonly Tensor[]

const settings = new WeakSet<Tensor>()
/** Was the tensor read as one that says how to compute? It has no gradient then. */
export const isSetting = (x: Tensor): boolean => settings.has(x)

/** The values of a tensor that says how to compute, such as sizes. */
export function numbers(x: Tensor): number[] {
  settings.add(x)
  return Array.from(x.dataSync())
}
export function number(x: Tensor): number {
  settings.add(x)
  return x.item()
}
