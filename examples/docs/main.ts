/** `npm run docs`: a folder of pages to read or to put on a server, made of what stands in the sources. */
import { join } from 'node:path'
import { Command } from 'commander'
import { writeSite } from './site.ts'

interface Options {
  readonly out: string
  readonly api: boolean
}

const options = new Command('npm run docs --')
  .description(
    'Writes <out>/index.html and what it leads to: the pages of this repository, the five lessons, a page a loss with its equation, curves, parameters and a program, and the API out of the docstrings.',
  )
  .option('--out <folder>', 'where the pages go', 'docs')
  .option('--no-api', 'leave the API out, which takes half a minute and TypeDoc')
  .helpOption('-h, --help', 'show this')
  .allowExcessArguments(false)
  .parse()
  .opts<Options>()
process.exitCode = main(options)

function main({ out, api }: Options): number {
  try {
    writeSite(out, api)
    console.error(`docs: ${join(out, 'index.html')}`)
    return 0
  } catch (error) {
    console.error(`error: ${(error as Error).message}`)
    return 1
  }
}
