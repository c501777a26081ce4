import * as fc from 'fast-check'

/**
 * Asserts a property on random cases; a failure prints the seed and the path that bring it back. One that waits for
 * its results gives a promise to wait for.
 */
export function check<T>(property: fc.IAsyncProperty<T>, runs?: number): Promise<void>
export function check<T>(property: fc.IProperty<T>, runs?: number): void
export function check<T>(property: fc.IRawProperty<T>, runs = 50): unknown {
  return fc.assert(property as fc.IProperty<T>, { numRuns: runs })
}
