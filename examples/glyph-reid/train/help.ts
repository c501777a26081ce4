import { wrapped } from '../../jobs/parse.ts'
import { RECIPES } from './recipes.ts'
import { TABLES } from './tables.ts'
import { lossNames } from './variants.ts'

/** What stands above the options in the help. */
export const DESCRIPTION = `Trains a net on the glyph data set, once for each loss and seed: characters in many typefaces, most of them rare. Judges it on identities and on font families that it was never trained on. Prints a table, and writes a report to <out>/index.html, the figures to <out>/results.json. The first time it installs the fonts and builds the set.`

/** What stands below them. */
export const MORE = `
Losses:
  ${wrapped(lossNames, 90).join('\n  ')}
  "ir" before a name: class centres stand in for the learned prototypes (IR-Softmax). What differs from the options
  stands after hyphens: cosFace-x1 is learned at the rate of the net, irCosFace-previous-tau1 takes other centres and
  adjusts its logits, irSphereFace-learned2 is learned for two epochs and takes centres then, cosFace-pull2 also draws
  each embedding to its prototype, cosFace-blend50 blends each prototype with its class centre, equally at 50 images,
  cosFace-blend50-ir1 adds IR-CosFace over centres of the paper's kind as a second head, cosFace-smooth0.1 smooths its
  labels, cosFace-bnneck is of the features after a batch norm and adds batch-hard triplets of those before it
  (BNNeck; with --sampling pk), cosFace-sampled0.1 sees the classes of its batch and others up to a tenth of all at
  each step, cosFace-sampled0.1-corrected makes up in their logits for those that were not drawn, cosFace-drw weighs
  classes in the last fifth of the training, irCosFace-previous-shrunk and cosFace-uncertain are tries of ours. After
  training: cosFace-crt learns prototypes anew with every class alike, cosFace-lws a factor for each logit,
  cosFace-means takes the exact class means; softmax-tauNorm1 takes off the lengths of w, cosFace-posthoc1 the log
  priors.

Centres:
  ema       moving averages of rate 0.1
  previous  plain means at first, then moving averages of rate 0.3; the loss sees those from before its batch
  sphere    on the unit sphere, moved by the paper's term at rate 0.5; the loss sees those from before its batch

Recipes:
  bnneck    ${RECIPES.bnneck.loss.join(', ')} with --sampling ${RECIPES.bnneck.sampling} (Luo 2019, "Bag of tricks")

Tables:
${Object.entries(TABLES)
  .map(
    ([name, { losses, seeds }]) => `  ${name.padEnd(9)} ${losses.length} variants, seeds ${seeds.join(', ')}`,
  )
  .join('\n')}
  Variants that differ in what comes after the training share one.

With --json, one line a run: {loss, protocol, seed, net, dim, p1, p2, closed, angle, trainSeconds, seconds}
  p1        identities never trained on, in font families trained on: {rank1, rank5, map, auc, tar, tar2}; retrieval
            among the images of other families, verification over pairs of different families, tar at a false accept
            rate of 1e-3, tar2 at 1e-2
  p2        the same in font families never trained on
  closed    identities trained on, in font families never trained on: balanced accuracy {all, many, medium, few} by
            the prototypes, and ncm, by the nearest class mean; many have >= 30 training images, few at most 5
  angle     mean angle between prototype and centre of the training images {many, medium, few}, in radians
  seconds   wall time of the run, of which trainSeconds in training

Ctrl-C ends the training early and leaves a report, marked as partial, of what there is; again, it ends at once. Every
epoch leaves a checkpoint in <out>/checkpoints; with --resume the same command goes on from there, to the same bits.

Examples:
  $ npm run glyph-reid
  $ npm run glyph-reid -- --loss cosFace,cosFace-x1,irCosFace,irCosFace-previous --seeds 0,1,2
  $ npm run glyph-reid -- --validation --loss normFace --w-rate 10
  $ npm run glyph-reid -- --recipe bnneck
  $ npm run glyph-reid -- --table
  $ npm run glyph-reid -- --table paper --protocol natural --out report/glyphs-natural
  $ npm run --silent glyph-reid -- --loss normFace --json > run.jsonl`
