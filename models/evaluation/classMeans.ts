import type { Tensor } from '../../engine/index.ts'
import {
  broadcastTo,
  div,
  equal,
  matmul,
  maximum,
  mul,
  noGrad,
  norm,
  normalize,
  reshape,
  scatterAdd,
  sub,
  tensor,
  tidy,
  zeros,
} from '../../engine/index.ts'
import { predict } from './closedSet.ts'
import { checkClasses, checkLabels, checkRows, classSizes, type Labels } from './labels.ts'

/**
 * c_j = (1/n_j) sum_{i: y_i = j} x_i / ‖x_i‖: the centre of class j among the directions of the embeddings.
 * x[N,D] y[N] -> c[C,D]. A class that y does not hold has the centre 0.
 */
export function classMeans(x: Tensor, y: Labels, classes: number): Tensor {
  checkRows('classMeans', x)
  checkClasses('classMeans', classes)
  const labels = checkLabels('classMeans', y, x.shape[0], classes)
  const { dtype, backend } = x
  return noGrad(() =>
    tidy(() => {
      const index = tensor(labels, { shape: [x.shape[0], 1], backend })
      const sums = scatterAdd(
        zeros([classes, x.shape[1]], { dtype, backend }),
        // Rows of the result differ from rows of x, so the index is spread over the columns, as gather's is.
        broadcastTo(index, x.shape),
        normalize(x),
        0,
      )
      const sizes = tensor(Float64Array.from(classSizes(labels, classes)), { dtype, backend })
      return div(sums, reshape(maximum(sizes, 1), [classes, 1]))
    }),
  )
}

const BELOW_ANY_COSINE = 4

/**
 * p_i = argmax_j cos(x_i, c_j), c the class means of a training set: nearest class mean, the classifier that asks
 * nothing of the learned prototypes.  x[N,D] means[C,D] -> N class indices, the first of equals. A mean of 0 is
 * that of a class without samples, and is not chosen.
 */
export async function nearestClassMean(x: Tensor, means: Tensor): Promise<Int32Array> {
  checkRows('nearestClassMean', x)
  const cosines = noGrad(() =>
    tidy(() => {
      const absent = reshape(equal(norm(means), 0), [1, means.shape[0]])
      return sub(matmul(normalize(x), normalize(means), { transposeB: true }), mul(absent, BELOW_ANY_COSINE))
    }),
  )
  const predicted = await predict(cosines)
  cosines.release()
  return predicted
}
