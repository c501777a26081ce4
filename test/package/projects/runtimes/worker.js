import * as all from 'ir-softmax'
import * as engine from 'ir-softmax/engine'
import * as gpu from 'ir-softmax/gpu'
import * as losses from 'ir-softmax/losses'
import * as models from 'ir-softmax/models'
import * as testing from 'ir-softmax/testing'
import { checksum } from './checksum.js'

/** All but `images`, which reads files. */
const entries = [all, engine, gpu, losses, models, testing]

async function result() {
  try {
    return {
      imports: entries.filter(entry => Object.keys(entry).length > 0).length,
      checksum: await checksum(),
    }
  } catch (error) {
    return { error: `${error}` }
  }
}

await fetch('/result', { method: 'POST', body: JSON.stringify(await result()) })
