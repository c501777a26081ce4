import { shown } from '../../engine/check.ts'

/** Throws unless there are `classes` sizes, at least one, all finite and above 0. */
export function checkSizesOfClasses(op: string, sizes: ArrayLike<number>, classes?: number): void {
  checkByClass(`${op}: sizes`, sizes, classes)
  for (let j = 0; j < sizes.length; j++) {
    if (!(sizes[j] > 0 && sizes[j] < Infinity)) {
      throw new Error(`${op}: sizes: finite numbers > 0 expected, got ${shown(sizes[j])} for class ${j}`)
    }
  }
}

/** Throws unless `values` is a list of numbers, `classes` of them where that is given and at least one. */
export function checkByClass(what: string, values: unknown, classes?: number): void {
  const expected = classes === undefined ? 'at least one number' : `${classes} numbers`
  const count = isNumbers(values) ? values.length : undefined
  if (count !== undefined && count > 0 && (classes === undefined || count === classes)) return
  throw new Error(`${what}: ${expected} expected, one a class, got ${count ?? shown(values)}`)
}

/** An array, or a typed array, of numbers. */
export const isNumbers = (values: unknown): values is ArrayLike<number> =>
  Array.isArray(values)
    ? values.every(v => typeof v === 'number')
    : ArrayBuffer.isView(values) && typeof (values as Float64Array)[0] !== 'bigint' && 'length' in values
