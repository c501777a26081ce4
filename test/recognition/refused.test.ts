import { expect, test } from 'vitest'
import {
  calibrationPlot,
  exactStore,
  Gallery,
  isotonicCalibration,
  logisticCalibration,
} from '../../models/recognition/index.ts'
import { at } from '../models/embeddings.ts'

const one = async (): Promise<Gallery> => {
  const gallery = new Gallery({ dimension: 2 })
  await gallery.add('anna', at(0))
  return gallery
}

test('load of bytes names loadGallery, and leaves the gallery as it was', async () => {
  const gallery = await one()
  const bytes = await gallery.save()
  await expect(gallery.load(bytes as never)).rejects.toThrow(
    'load: contents that loadGallery(bytes) has read expected, got a Uint8Array',
  )
  await expect(gallery.load({ entries: new Map(), vectors: [] } as never)).rejects.toThrow(
    'load: an empty gallery expected, got one of 1 identities',
  )
  expect(gallery.identities).toEqual(['anna'])
  expect(await gallery.save()).toEqual(bytes)
})

test('after dispose every call throws', async () => {
  const gallery = await one()
  gallery.dispose()
  gallery.dispose()
  const message = 'Gallery: a gallery in use expected, got one after dispose()'
  expect(() => gallery.identities).toThrow(message)
  expect(() => gallery.images('anna')).toThrow(message)
  const calls = [
    () => gallery.add('ben', at(0)),
    () => gallery.update('anna', at(0)),
    () => gallery.remove('anna'),
    () => gallery.identify(at(0), { threshold: 0 }),
    () => gallery.report(),
    () => gallery.save(),
  ]
  for (const call of calls) await expect(call()).rejects.toThrow(message)
})

test.each([
  [{ quality: 1 }, 'add: quality, a number a row of x, in an array expected, got 1'],
  [{ names: 'x' }, 'add: names as a list, a text a row of x, expected, got "x"'],
  [{}, 'add: identity as a name expected, got ""', ''],
])('enrolment with %o', async (options, message, name = 'ben') => {
  const gallery = await one()
  await expect(gallery.add(name, at(0), options as never)).rejects.toThrow(message)
  expect(gallery.identities).toEqual(['anna'])
})

test('stores that lack a method, or a dimension', () => {
  expect(() => new Gallery({ dimension: 2, store: { search() {} } as never })).toThrow(
    'Gallery: store.put as a function expected, got undefined',
  )
  expect(() => exactStore(undefined as never)).toThrow(
    'exactStore: dimension as an integer >= 1 expected, got undefined',
  )
})

const scores = { same: [1, 3, 5], different: [0, 2, 4] } as never

test.each([logisticCalibration, isotonicCalibration])('NaN has no probability: %o', make => {
  const calibration = make(scores)
  expect(calibration.probability(Number.NaN)).toBeNaN()
  expect(calibration.logRatio(Number.NaN)).toBeNaN()
  expect(() => calibration.probability('x' as never)).toThrow('score as a number expected, got "x"')
})

test('isotonicCalibration takes no options, calibrationPlot needs a calibration', () => {
  expect(() => isotonicCalibration(scores, { prior: 0.1 } as never)).toThrow(
    'isotonicCalibration: nothing more than in isotonicCalibration(scores) expected, got { prior }',
  )
  expect(() => calibrationPlot(scores, undefined as never)).toThrow(
    'calibrationPlot: calibration as calibrate(scores, { far }) gives it expected, got undefined',
  )
})
