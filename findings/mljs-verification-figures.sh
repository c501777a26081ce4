#!/usr/bin/env bash
# Three packages of mljs that judge scores and classes, and figures of theirs that are not what they are called:
# - ml-performance 0.2.0, which takes matrices of similarities or distances: 'acc', accuracy, divides by the number of different
#   scores in place of the number of pairs, so that it passes 1 as soon as two pairs have one score; 'err', error rate, adds
#   false negatives as a count to such a rate, (fn + fp / n) for (fn + fp) / n. tpr, fpr and the area are right.
# - ml-roc-multiclass 0.2.0: getAuc turns an area below 1/2 over, so that scores in the wrong order, or a distance given for a
#   similarity, look as good as right ones, and scores without meaning are never below 1/2; of several classes it turns each pair,
#   then averages. Neither its README nor its types tell.
# - ml-confusion-matrix 2.0.0: getFalseOmissionRate is fn / (fn + tp), the false negative rate; what its name says is
#   fn / (fn + tn): of all that were called negative, how many are not.
# Not found in the trackers of mljs/performance, mljs/roc-multiclass and mljs/confusion-matrix (December 2026).
#
# Four faces of two persons, six pairs: alike 0.9 and 0.8, unlike 0.3, 0.2, 0.2, 0.3. With the threshold between, 6 of 6 pairs are
# right; above all, 4 of 6. Then scores 1 to 4 of classes a a b b, rising and falling: areas 1 and 0. Last 10 of class
# a, of which 2 are called b, and 90 of class b, all called b. Output seen:
#   thresholds: above all, 0.9, 0.8, 0.3, 0.2
#   acc: 1.00 1.25 1.50 1.00 0.50; right: 0.67 0.83 1.00 0.67 0.33
#   err: 2.00 1.00 0.00 0.50 1.00; right: 0.33 0.17 0.00 0.33 0.67
#   area: 1
#   getAuc: rising 1, falling 1
#   false omission rate of a: 0.2000; right: 0.0217
#
# Exits with 0 while that is so. Needs Node 20 or later and npm.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --silent ml-performance@0.2.0 ml-roc-multiclass@0.2.0 \
  ml-confusion-matrix@2.0.0
cat >run.cjs <<'JS'
const Performance = require('ml-performance')
const { getAuc, getRocCurve } = require('ml-roc-multiclass')
const { ConfusionMatrix } = require('ml-confusion-matrix')

const similarity = [[1, 0.9, 0.2, 0.3], [0.9, 1, 0.3, 0.2], [0.2, 0.3, 1, 0.8], [0.3, 0.2, 0.8, 1]]
const same = [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1]]
const pairs = [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]].map(([i, j]) => [similarity[i][j], same[i][j]])
const thresholds = [Infinity, 0.9, 0.8, 0.3, 0.2]
const accuracy = thresholds.map(t => pairs.filter(([score, alike]) => score >= t === (alike === 1)).length / pairs.length)

const performance = new Performance(similarity, same, { max: true })
const text = list => list.map(v => v.toFixed(2)).join(' ')
console.log(`thresholds: above all, ${performance.getMeasure('threshold').slice(1).join(', ')}`)
console.log(`acc: ${text(performance.getMeasure('acc'))}; right: ${text(accuracy)}`)
console.log(`err: ${text(performance.getMeasure('err'))}; right: ${text(accuracy.map(v => 1 - v))}`)
console.log(`area: ${performance.getAURC()}`)
const area = scores => getAuc(getRocCurve(['a', 'a', 'b', 'b'], scores))
console.log(`getAuc: rising ${area([1, 2, 3, 4])}, falling ${area([4, 3, 2, 1])}`)
const classes = new ConfusionMatrix([[8, 2], [0, 90]], ['a', 'b'])
console.log(`false omission rate of a: ${classes.getFalseOmissionRate('a').toFixed(4)}; right: ${(2 / 92).toFixed(4)}`)
JS
node run.cjs | tee seen
diff seen - <<'EXPECTED'
thresholds: above all, 0.9, 0.8, 0.3, 0.2
acc: 1.00 1.25 1.50 1.00 0.50; right: 0.67 0.83 1.00 0.67 0.33
err: 2.00 1.00 0.00 0.50 1.00; right: 0.33 0.17 0.00 0.33 0.67
area: 1
getAuc: rising 1, falling 1
false omission rate of a: 0.2000; right: 0.0217
EXPECTED
