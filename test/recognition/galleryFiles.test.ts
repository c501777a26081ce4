import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Generator, generator, randn } from '../../engine/index.ts'
import { readGallery, writeGallery } from '../../models/node/index.ts'
import { Gallery } from '../../models/recognition/index.ts'
import { at } from '../models/embeddings.ts'
import { programOnSources } from '../support/runOnSources.ts'
import { temporaryFolder } from '../support/temporaryFolder.ts'

/** Writes one gallery after another, each of an image more than the one before, and says when the first is there. */
const WRITER = `
import { Gallery, generator, randn } from 'ir-softmax'
import { writeGallery } from 'ir-softmax/node'

const gallery = new Gallery({ dimension: 64, templates: 'apart' })
await gallery.add('others', randn([4000, 64], generator(0)))
// A test that was ended leaves nothing running.
const parent = process.ppid
for (let version = 1; process.ppid === parent; version++) {
  const x = randn([1, 64], generator(version))
  await gallery.add('count', x)
  if (version > 1) await gallery.remove('latest')
  await gallery.add('latest', x)
  await writeGallery('people.gallery', gallery)
  if (version === 1) console.log('there')
}
`
const KILLS = 20
/** Writers at a time, each in a folder of its own. */
const WRITERS = 4

/** Starts a writer in the folder, kills it within some dozen galleries, and gives the version that it left. */
async function killed(folder: string, program: string, rng: Generator): Promise<number> {
  const writer = spawn(process.execPath, [program], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(writer, 'exit')
  await Promise.race([once(writer.stdout, 'data'), ended])
  await new Promise(done => setTimeout(done, rng.uniform(0, 120)))
  writer.kill('SIGKILL')
  await ended
  const gallery = await readGallery(join(folder, 'people.gallery'))
  expect(gallery.identities).toEqual(['others', 'count', 'latest'])
  expect(gallery.images('others')).toBe(4000)
  const version = gallery.images('count')
  // The latest image is also the last of those that are counted: both are of one version.
  const [{ candidates }] = await gallery.identify(randn([1, 64], generator(version)), { threshold: 1, k: 2 })
  // float32's rounding of 64 products.
  for (const { score } of candidates) expect(score).toBeCloseTo(1, 5)
  gallery.dispose()
  return version
}

test(`killed ${KILLS} times while it writes, a process leaves the old gallery or the new one`, async () => {
  const home = temporaryFolder()
  const program = await programOnSources(WRITER, home)
  const all = Array.from({ length: WRITERS }, async (_, i) => {
    const folder = join(home, String(i))
    mkdirSync(folder)
    const versions: number[] = []
    for (let kill = 0; kill < KILLS / WRITERS; kill++)
      versions.push(await killed(folder, program, generator(kill)))
    return versions
  })
  // Not all at the same place.
  expect(new Set((await Promise.all(all)).flat()).size).toBeGreaterThan(1)
}, 120_000)

test('what is written is read; what cannot be written leaves the old file and nothing beside it', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'deep', 'people.gallery')
  const gallery = new Gallery({ dimension: 2 })
  await gallery.add('anna', at(0))
  await writeGallery(path, gallery)
  const before = await (await readGallery(path)).save()
  expect(before).toEqual(await gallery.save())
  const taken = join(folder, 'taken')
  mkdirSync(join(taken, 'inside'), { recursive: true })
  await expect(writeGallery(taken, gallery)).rejects.toThrow(`${taken}: not written: `)
  expect(readdirSync(folder).sort()).toEqual(['deep', 'taken'])
  writeFileSync(path, 'no gallery')
  await expect(readGallery(path)).rejects.toThrow(
    new RegExp(`^loadGallery: ${path}: a header of at most 2 bytes expected, .*: no safetensors file$`),
  )
  const inside = join(path, 'people.gallery')
  await expect(writeGallery(inside, gallery)).rejects.toThrow(`${inside}: not written: `)
  await expect(readGallery(folder)).rejects.toThrow(
    `readGallery: ${folder}: the file of a gallery expected, got EISDIR`,
  )
  await expect(writeGallery(path, {} as never)).rejects.toThrow(
    'writeGallery: gallery as a Gallery expected, got',
  )
  await expect(readGallery(7 as never)).rejects.toThrow(
    'readGallery: path as the path of a file expected, got 7',
  )
})
