import type { Tensor } from '../../../engine/index.ts'
import {
  anglesBetween,
  auc,
  bySize,
  classMeans,
  closedSet,
  nearestClassMean,
  pairScores,
  predict,
  retrieval,
  tarAtFar,
} from '../../../models/index.ts'
import type { GlyphSet } from '../glyphs/glyphSet.ts'
import type { Classifier, Labelled } from './classifier.ts'
import type { ClassFigures, Groups, OpenSet } from './results.ts'

/** False accept rates of the curve, 10 a decade. */
const RATES = Array.from({ length: 51 }, (_, k) => 10 ** (k / 10 - 5))

const pick = (labels: Int32Array, images: Int32Array): Int32Array => images.map(i => labels[i])

/** Retrieval of every image among those of other font families, and verification over the pairs of different families. */
export async function openSet(x: Tensor, set: GlyphSet, images: Int32Array): Promise<OpenSet> {
  const [y, cameras] = [pick(set.identity, images), pick(set.family, images)]
  const { rank1, cmc, mAP } = await retrieval(x, y, { cameras, exclude: 'all' })
  const scores = await pairScores(x, y, cameras)
  return {
    rank1,
    rank5: cmc[4],
    map: mAP,
    auc: auc(scores),
    tar: tarAtFar(scores, 1e-3),
    tar2: tarAtFar(scores, 1e-2),
    roc: RATES.map(far => [far, tarAtFar(scores, far)] as const),
  }
}

/** Trained identities among themselves: by the prototypes, and by the means of the training images. */
export async function closed(classifier: Classifier, train: Labelled, test: Labelled, sizes: Int32Array) {
  const classes = sizes.length
  const centres = classMeans(train.x, train.y, classes)
  const groups = async (predicted: Promise<Int32Array>): Promise<Groups> => {
    const { balanced, byClass } = closedSet(await predicted, test.y, classes)
    return { all: balanced, ...bySize(byClass, sizes) }
  }
  const angles = await anglesBetween(classifier.prototypes, centres)
  const figures = {
    ...(await groups(predict(classifier, test.x))),
    ncm: await groups(nearestClassMean(test.x, centres)),
  }
  return { figures, angles }
}

export const classFigures = (
  names: readonly string[],
  sizes: Int32Array,
  angles: Float64Array,
): ClassFigures[] =>
  names.map((identity, j) => ({
    identity,
    size: sizes[j],
    angle: Number.isFinite(angles[j]) ? angles[j] : null,
  }))
