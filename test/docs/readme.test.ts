import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { generator } from '../../engine/index.ts'
import { ROOT } from '../../examples/docs/markdown.ts'
import { convNet, embed, irCosFace, loadCheckpoint, predict } from '../../models/all.ts'
import { readImages } from '../../models/images/index.ts'
import { readGallery } from '../../models/node/index.ts'
import { makePeople } from '../support/people.ts'
import { makePhotos } from '../support/photos.ts'
import { PEOPLE, PHOTOS, SNIPPETS } from '../support/readme.ts'
import { runOnSources } from '../support/runOnSources.ts'
import { temporaryFolder } from '../support/temporaryFolder.ts'

describe('the README', () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8').split('\n')

  it('has at most 210 lines, 40 of which are the chapter from photos to who it is', () => {
    expect(readme.length).toBeLessThanOrEqual(211)
  })

  it('installs and trains in its first 40 lines, in ten lines of code', () => {
    const start = readme.slice(0, 40).join('\n')
    expect(start).toContain('```sh\nnpm install ir-softmax\n```')
    expect(start).toContain(`\`\`\`ts\n${SNIPPETS[0].code}\`\`\``)
    expect(SNIPPETS[0].code.split('\n').filter(line => line !== '' && !line.startsWith('//')).length).toBe(10)
  })
})

describe('the programs of the README and of the pages', () => {
  it('are those that they promise', () => {
    const count = (path: string) => SNIPPETS.filter(snippet => snippet.path === path).length
    expect(count('README.md')).toBe(3)
    expect(SNIPPETS.findIndex(({ code }) => code === PHOTOS)).toBe(1)
    expect(SNIPPETS.findIndex(({ code }) => code === PEOPLE)).toBe(2)
    const programs = { checking: 1, glyphs: 1, interchange: 2, overview: 1, training: 3 }
    for (const [page, expected] of Object.entries(programs))
      expect(count(`examples/docs/${page}.md`), page).toBe(expected)
  })

  it.each(SNIPPETS.filter(({ code }) => code !== PHOTOS && code !== PEOPLE))(
    '$path: $code',
    async ({ code }) => {
      const printed = (await runOnSources(code, temporaryFolder())).split('\n')
      const promised = [...code.matchAll(/^console\.log\(.*\) \/\/ (.*)$/gm)].map(([, line]) => line)
      expect(printed).toEqual(expect.arrayContaining(promised))
    },
  )
})

describe('CONTRIBUTING.md', () => {
  it('shows an op as it stands in the sources', () => {
    const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
    const plain = (code: string): string => code.replace(/ +\/\/ .*$/gm, '').replace(/\s+/g, ' ')
    const [, op] = /```ts\n([\s\S]*?)```/.exec(read('CONTRIBUTING.md')) ?? []
    expect(plain(read('engine/ops/arithmetic.ts'))).toContain(plain(op))
  })
})

describe('a folder of images, trained', () => {
  const folder = temporaryFolder()

  it('has no more lines', () => {
    expect(PHOTOS.trimEnd().split('\n').length).toBeLessThanOrEqual(25)
  })

  it('learns the classes, tells that of a new image, and leaves the net', async () => {
    makePhotos(folder, 'slanted')
    const printed = await runOnSources(PHOTOS, folder)
    // Three classes: chance is a third.
    expect(Number(/mean accuracy of the classes: (\S+)/.exec(printed)?.[1])).toBeGreaterThan(0.8)
    expect(printed).toContain('new.jpg: slanted')

    const names = JSON.parse(readFileSync(join(folder, 'classes.json'), 'utf8'))
    expect(names[2]).toBe('slanted')
    const net = convNet({ input: [32, 32, 3], dim: 32, rng: generator(1) })
    const loss = irCosFace({ classes: 3, dim: 32, seed: 1 })
    for (const [name, part] of Object.entries({ net, loss })) {
      part.load(loadCheckpoint(readFileSync(join(folder, `${name}.safetensors`))))
    }
    const image = readImages([join(folder, 'new.jpg')], { size: { height: 32, width: 32 } })
    expect(Array.from(await predict(loss.logits(embed(net, image))))).toEqual([2])
  })
})

describe('a folder of people, enrolled', () => {
  const folder = temporaryFolder()

  it('has at most 40 lines', () => {
    expect(PEOPLE.trimEnd().split('\n').length).toBeLessThanOrEqual(40)
  })

  it('says who a new photo shows, and of a stranger that nobody is known', async () => {
    makePeople(folder)
    const both = `${PEOPLE}
const [stranger] = await gallery.identify(embed(net, readImages(['stranger.jpg'], { size })), { threshold })
console.log('stranger.jpg:', stranger.identity ?? 'unknown')
const alike = Array.from({ length: 40 }, (_, i) => 'strangers/' + i + '.jpg')
const answers = await gallery.identify(embed(net, readImages(alike, { size })), { threshold })
console.log('drawn alike, accepted:', answers.filter(({ identity }) => identity !== undefined).length)
`
    const printed = await runOnSources(both, folder)
    expect(printed).toMatch(/new\.jpg: person 7 0\.\d\d/)
    expect(printed).toContain('stranger.jpg: unknown')
    const [, low, high] = /strangers accepted: (\S+) to (\S+)/.exec(printed) ?? []
    expect(Number(low)).toBeLessThan(0.1)
    expect(Number(high)).toBeGreaterThan(0.1)
    const [, refused] = /people refused, or taken for another: (\S+) to/.exec(printed) ?? []
    expect(Number(refused)).toBeLessThan(0.2)
    // Strangers drawn as the people are: 40 of them, of whom by far most are nobody that is known.
    const [, accepted] = /drawn alike, accepted: (\d+)/.exec(printed) ?? []
    expect(Number(accepted)).toBeLessThanOrEqual(10)
    // Another day.
    const gallery = await readGallery(join(folder, 'people.gallery'))
    expect(gallery.identities.length).toBe(60)
    expect(gallery.images('person 7')).toBe(4)
    const net = convNet({ input: [32, 32, 3], dim: 32, seed: 1 })
    net.load(loadCheckpoint(readFileSync(join(folder, 'net.safetensors'))))
    const image = readImages([join(folder, 'new.jpg')], { size: { height: 32, width: 32 } })
    const threshold = Number(/threshold (\S+):/.exec(printed)?.[1])
    const [answer] = await gallery.identify(embed(net, image), { threshold })
    expect(printed).toContain(`new.jpg: ${answer.identity} ${answer.score.toFixed(2)}`)
  }, 300_000)
})
