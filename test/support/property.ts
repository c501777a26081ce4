import * as fc from 'fast-check'

/** Asserts a property on random cases; a failure prints the seed and the path that bring it back. */
export function check<T>(property: fc.IProperty<T>, runs = 50): void {
  fc.assert(property, { numRuns: runs })
}
