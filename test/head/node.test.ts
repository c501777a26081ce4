import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { nodeOrt } from '../../examples/head/install.ts'
import { run, told } from '../../examples/head/run.ts'
import { folderCache } from '../../models/node/index.ts'
import { temporaryFolder } from '../support/temporaryFolder.ts'
import { expectTrained, IMAGES, lists } from './expected.ts'

describe('a head on a frozen model, in Node', () => {
  it('is better than class centres of the vectors, and onnxruntime computes what the net does', async () => {
    const { ort } = await nodeOrt()
    const folder = temporaryFolder()
    const first = await run(ort, lists, folderCache(folder))
    expectTrained(first.figures)
    expect(first.figures.asked).toBe(IMAGES)
    expect(readdirSync(folder).length).toBe(Math.ceil(IMAGES / 32))
    // From the disk: the same to the bit, and nothing goes through the model.
    const again = await run(ort, lists, folderCache(folder))
    expect(again.figures).toEqual({ ...first.figures, asked: 0 })
    expect(again.files).toEqual(first.files)
    expect(told(again.figures)).toContain('0 images went through the frozen model')
  })

  it('is a program of some thirty lines', () => {
    const text = readFileSync(new URL('../../examples/head/head.ts', import.meta.url), 'utf8')
    const body = text.slice(text.indexOf('export async function trainHead'))
    expect(body.trimEnd().split('\n').length).toBeLessThanOrEqual(30)
  })

  it('is run by a package of its own, none of the library', () => {
    const root = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    const all = [root.dependencies, root.devDependencies, root.peerDependencies].flatMap(Object.keys)
    expect(all.filter(name => name.startsWith('onnxruntime'))).toEqual([])
    expect(existsSync(new URL('../../node_modules/onnxruntime-web', import.meta.url))).toBe(false)
  })
})
