import type { Tensor } from '../../engine/index.ts'
import { equal, matmul, mul, noGrad, norm, reshape, sub, tidy } from '../../engine/index.ts'
import { checkLabels, type Labels, meansByClass, sumsByClass } from '../../losses/labels.ts'
import { checkClasses } from '../labels.ts'
import { largestInRows } from './closedSet.ts'
import { checkFiniteRowsSync, checkMatrix } from './matrices.ts'
import { directions, type Embeddings, withUnitRows } from './unitRows.ts'

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

const BELOW_ANY_COSINE = 4

/**
 * p_i = argmax_j cos(x_i, c_j), c the class means of a training set: nearest class mean, the classifier that asks
 * nothing of the learned prototypes.  x[N,D] means[C,D] -> N class indices, the first of equals. A mean of 0 is
 * that of a class without samples, and is not chosen; a row x_i of 0 has similarity 0 with all. Throws on numbers that are
 * not finite, and where every mean is 0.
 */
export async function nearestClassMean(x: Embeddings, means: Embeddings): Promise<Int32Array> {
  return withUnitRows('nearestClassMean', ['x', x], ['means', means], async (u, v) => {
    const [absent, cosines] = noGrad(() =>
      tidy(() => {
        const absent = reshape(equal(norm(v, -1), 0), [1, v.shape[0]])
        return [absent, sub(matmul(u, v, { transposeB: true }), mul(absent, BELOW_ANY_COSINE))]
      }),
    )
    try {
      if ((await absent.data()).every((gone: number) => gone === 1)) {
        throw new Error('nearestClassMean: the mean of one class at least expected, got means of 0 only')
      }
      return await largestInRows(cosines)
    } finally {
      absent.dispose()
      cosines.dispose()
    }
  })
}
