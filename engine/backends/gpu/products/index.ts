/**
 * Matrix products and convolutions. Words of this folder:
 *
 * - tile: the results, rows by columns, that one thread computes
 * - four: four neighbouring values, loaded at once (a texel); m4, n4, c4 count fours, or tiles along an axis
 * - panel: some columns of a matrix, stored by themselves row after row, where loads are of single values
 * - packing: copying an operand into fours or panels, with zeros to fill the last one
 * - chain: additions to one float32, one after another; a long sum is a sum of chains, and so rounds less
 * - part: the piece of a long sum that one thread takes (split-K); a second kernel adds the parts
 * - tap: an element of a convolution's window; position: where in the output the window stands
 * - phase: the positions with one remainder by the stride; in the gradient in x, these share their taps
 * - lane: a value of a transformed tile (Winograd)
 */
export { convolution } from './convolution.ts'
export { matmul } from './matmul.ts'
