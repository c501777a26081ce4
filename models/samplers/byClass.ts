/** The samples of each class that has any. */
export function byClass(y: Int32Array): number[][] {
  const classes: number[][] = []
  for (let i = 0; i < y.length; i++) {
    classes[y[i]] ??= []
    classes[y[i]].push(i)
  }
  return Object.values(classes)
}
