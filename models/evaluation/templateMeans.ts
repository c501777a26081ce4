import { checkFlag, checkOptions, type OptionNames } from '../../engine/check.ts'
import { mul, noGrad, type Tensor, tensor, tidy } from '../../engine/index.ts'
import { checkIdentities, checkLabels, type Labels, meansByClass, sumsByClass } from '../../losses/labels.ts'
import { directions } from './matrices.ts'
import { checkNumbers } from './numbers.ts'
import { type Embeddings, withRows } from './unitRows.ts'

export interface TemplateMeansOptions {
  /** w[N]: what each image counts for, such as its detection score. Default 1. */
  readonly weights?: ArrayLike<number>
  /** Of images the directions alone, x_i / ‖x_i‖. Default false: a longer one counts for more. */
  readonly normalize?: boolean
}

const OPTIONS = { weights: true, normalize: true } satisfies OptionNames<TemplateMeansOptions>

export interface TemplateMeans {
  /** ids[T]: the templates, ascending. */
  readonly ids: Int32Array
  /** x[T,D]: their means, in that order, which the caller disposes of. */
  readonly x: Tensor
}

/**
 * The mean over the media of a template (photos and videos) of the mean over the images of a medium:
 *   x_t = (1/M_t) sum_m (1/N_tm) sum_i w_i x_i,  i: the images of medium m in template t
 * so that a video counts as one photo does.  x[N,D] templates[N] media[N] -> ids[T] x[T,D]
 *
 * Source: IJB-A's protocol of templates (Klare et al., CVPR 2015), pooled as in VGGFace2 (Cao et al. 2018, arXiv:1710.08092) and
 * insightface's recognition/_evaluation_/ijb/ijb_11.py, `image2template_feature`, which weighs by detection scores, keeps the
 * lengths, and takes the sum over the media: its direction is the mean's. An image that is in two templates stands in two rows.
 * Throws on embeddings and weights that are not finite.
 */
export async function templateMeans(
  x: Embeddings,
  templates: Labels,
  media: Labels,
  options: TemplateMeansOptions = {},
): Promise<TemplateMeans> {
  checkOptions('templateMeans', options, OPTIONS)
  const { weights, normalize = false } = options
  checkFlag('templateMeans', 'normalize', normalize)
  return withRows('templateMeans', 'x', x, undefined, rows => {
    const n = rows.shape[0]
    const template = checkLabels('templateMeans: templates', templates, n)
    const medium = checkIdentities('templateMeans', 'media', media, n)
    if (weights !== undefined) checkWeights(weights, n)
    const { ids, places } = ranked(template)
    const { groups, ofGroup } = mediaOf(places, medium)
    const means = noGrad(() =>
      tidy(() => {
        const directed = normalize ? directions(rows) : rows
        const weighted = weights === undefined ? directed : mul(directed, columnOf(weights, rows))
        const byMedium = meansByClass(sumsByClass(weighted, groups, ofGroup.length))
        return meansByClass(sumsByClass(byMedium, ofGroup, ids.length))
      }),
    )
    return { ids, x: means }
  })
}

function checkWeights(weights: ArrayLike<number>, n: number): void {
  checkNumbers('templateMeans', 'weights', weights, 'image')
  if (weights.length !== n) {
    throw new Error(`templateMeans: ${n} weights expected, one a row of x, got ${weights.length}`)
  }
}

const columnOf = (weights: ArrayLike<number>, { dtype, backend }: Tensor): Tensor =>
  tensor(Float64Array.from(weights), { shape: [weights.length, 1], dtype, backend })

/** The templates, ascending and each once, and the place of each image's among them. */
function ranked(templates: Int32Array): { ids: Int32Array; places: Int32Array } {
  const ids = Int32Array.from(new Set(templates)).sort()
  const places = new Map(Array.from(ids, (id, k) => [id, k]))
  return { ids, places: templates.map(id => places.get(id)!) }
}

/** A group for each medium of a template: that of each image, and the template of each. */
function mediaOf(
  templates: Int32Array,
  media: ArrayLike<number>,
): { groups: Int32Array; ofGroup: Int32Array } {
  const known = new Map<number, Map<number, number>>()
  const ofGroup: number[] = []
  const groups = templates.map((t, i) => {
    const own = known.get(t) ?? new Map<number, number>()
    known.set(t, own)
    const group = own.get(media[i]) ?? ofGroup.push(t) - 1
    own.set(media[i], group)
    return group
  })
  return { groups, ofGroup: Int32Array.from(ofGroup) }
}
