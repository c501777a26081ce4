/** Throws unless there are `classes` sizes, at least one, all finite and above 0. */
export function checkSizesOfClasses(op: string, sizes: ArrayLike<number>, classes = sizes.length): void {
  if (sizes.length !== classes || classes === 0) {
    const expected = classes === 0 ? 'at least one number' : `${classes} numbers`
    throw new Error(`${op}: sizes: ${expected} expected, one a class, got ${sizes.length}`)
  }
  for (let j = 0; j < classes; j++) {
    if (!(sizes[j] > 0 && sizes[j] < Infinity)) {
      throw new Error(`${op}: sizes: finite numbers > 0 expected, got ${sizes[j]} for class ${j}`)
    }
  }
}
