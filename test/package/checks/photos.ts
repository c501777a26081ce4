import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makePhotos } from '../../support/photos.ts'
import { PHOTOS } from '../../support/readme.ts'
import { project, versionOf } from '../project.ts'
import { sh } from '../shell.ts'
import type { Check } from './check.ts'

/** Which decoder reads the photos, in a project without sharp and in one that has it. */
const PROJECTS = [
  { name: 'photos', packages: [], decoder: 'builtin' },
  { name: 'photos-sharp', packages: [`sharp@${versionOf('sharp')}`], decoder: 'sharp' },
]
const TELL = "import { imageDecoder } from 'ir-softmax/images'\nconsole.log(imageDecoder())\n"

export const photos: Check = {
  name: 'photos',
  what: 'the README’s program that trains a folder of images, as it stands there, without sharp and with it',
  async run(context) {
    const printed: string[] = []
    for (const { name, packages, decoder } of PROJECTS) {
      const folder = await project(context, name, ...packages)
      makePhotos(folder, 'across')
      writeFileSync(join(folder, 'train.mjs'), PHOTOS)
      writeFileSync(join(folder, 'tell.mjs'), TELL)
      const told = (await sh(folder, process.execPath, 'tell.mjs')).trim()
      if (told !== decoder) throw new Error(`${name}: the decoder ${decoder} expected, got ${told}`)
      const text = await sh(folder, process.execPath, 'train.mjs')
      if (!text.includes('new.jpg: across')) throw new Error(`${name}: new.jpg: across expected, got ${text}`)
      printed.push(`${decoder}: ${text.split('\n')[0]}`)
    }
    return printed.join('; ')
  },
}
