import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makePhotos } from '../../support/photos.ts'
import { PHOTOS } from '../../support/readme.ts'
import { project } from '../project.ts'
import { sh } from '../shell.ts'
import type { Check } from './check.ts'

export const photos: Check = {
  name: 'photos',
  what: 'the README’s program that trains a folder of images, as it stands there',
  async run(context) {
    const folder = await project(context, 'photos')
    makePhotos(folder, 'across')
    writeFileSync(join(folder, 'train.mjs'), PHOTOS)
    const printed = await sh(folder, process.execPath, 'train.mjs')
    if (!printed.includes('new.jpg: across')) throw new Error(`new.jpg: across expected, got ${printed}`)
    return printed.split('\n')[0]
  },
}
