import type { Convolution } from '../../backend.ts'
import type { Cell } from '../cell.ts'

/** The three products of a convolution. */
export interface Products {
  forward(x: Cell, w: Cell, g: Convolution, bias?: Cell): Cell
  /** The adjoint in x. */
  input(dz: Cell, w: Cell, g: Convolution): Cell
  /** The adjoint in w. */
  weight(x: Cell, dz: Cell, g: Convolution): Cell
}
