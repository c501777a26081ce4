/** `npm run docs`: a folder of pages to read or to put on a server, made of what stands in the sources. */
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { LOSSES } from '../../losses/index.ts'
import { writeWhole } from '../jobs/writeWhole.ts'
import { writeApi } from './api.ts'
import { indexPage } from './index.ts'
import { lessonPage, readLessons } from './lessons.ts'
import { lossPage } from './losses/page.ts'
import { numbersPage } from './numbers.ts'

interface Options {
  readonly out: string
  readonly api: boolean
}

const options = new Command('npm run docs --')
  .description(
    'Writes <out>/index.html and what it leads to: the five lessons, a page a loss with its equation, curves, parameters and a program, and the API out of the docstrings.',
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
    const lessons = readLessons()
    writeWhole(join(out, 'index.html'), indexPage(lessons, api))
    for (const lesson of lessons) writeWhole(join(out, 'tutorial', `${lesson.file}.html`), lessonPage(lesson))
    for (const row of LOSSES) writeWhole(join(out, 'losses', `${row.name}.html`), lossPage(row))
    writeWhole(join(out, 'numbers.html'), numbersPage())
    if (api) writeApi(resolve(out, 'api'))
    console.error(`docs: ${join(out, 'index.html')}`)
    return 0
  } catch (error) {
    console.error(`error: ${(error as Error).message}`)
    return 1
  }
}
