import type { Tensor } from '../../engine/index.ts'
import { noGrad, norm, tidy } from '../../engine/index.ts'
import { checkLabels, type Labels, meansByClass, sumsByClass } from '../../losses/labels.ts'
import { checkClasses } from '../labels.ts'
import type { FlatIndex } from './flatIndex.ts'
import { checkFiniteRowsSync, checkMatrix, directions } from './matrices.ts'
import { cosineRows } from './similarities.ts'
import { type Embeddings, withUnitRows } from './unitRows.ts'

/**
 * c_j = (1/n_j) sum_{i: y_i = j} x_i / ‖x_i‖: the centre of class j among the directions of the embeddings.
 * x[N,D] y[N] -> c[C,D]. A class that y does not hold has the centre 0; a row of 0 counts in n_j, and adds nothing.
 * Throws on labels that are no classes, and on embeddings that are not finite; on a backend that cannot answer at once
 * (webgpu) these make the centres of their classes NaN instead, which `nearestClassMean` and `anglesBetween` refuse.
 */
export function classMeans(x: Tensor, y: Labels, classes: number): Tensor {
  checkMatrix('classMeans', 'x[N,D]', x)
  checkClasses('classMeans', classes)
  const labels = checkLabels('classMeans', y, x.shape[0], classes)
  checkFiniteRowsSync('classMeans', 'x[N,D]', x)
  return noGrad(() => tidy(() => meansByClass(sumsByClass(directions(x), labels, classes))))
}

/**
 * p_i = argmax_j cos(x_i, c_j), c the class means of a training set: nearest class mean, the classifier that asks
 * nothing of the learned prototypes.  x[N,D] means[C,D] -> N class indices, the first of equals. A mean of 0 is
 * that of a class without samples, and is not chosen; a row x_i of 0 has similarity 0 with all. Throws on numbers that are
 * not finite, and where every mean is 0.
 */
export async function nearestClassMean(x: Embeddings, means: Embeddings): Promise<Int32Array> {
  return withUnitRows('nearestClassMean', ['x', x], ['means', means], async (u, v) => {
    const present = await withDirection(v)
    if (present.length === 0) {
      throw new Error('nearestClassMean: the mean of one class at least expected, got means of 0 only')
    }
    const nearest = new Int32Array(u.size)
    for await (const { start, rows, cosines } of cosineRows(u, v)) {
      for (let r = 0; r < rows; r++) {
        let [best] = present
        for (const j of present) if (cosines[r * v.size + j] > cosines[r * v.size + best]) best = j
        nearest[start + r] = best
      }
    }
    return nearest
  })
}

/** The unit rows that are not 0, ascending. */
async function withDirection(v: FlatIndex): Promise<Int32Array> {
  const lengths = noGrad(() => tidy(() => norm(v.rows(), -1)))
  try {
    const values = await lengths.data()
    return Int32Array.from(values.keys()).filter(j => values[j] > 0)
  } finally {
    lengths.dispose()
  }
}
