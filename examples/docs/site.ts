import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { LOSSES } from '../../losses/index.ts'
import { writeWhole } from '../../models/node/writeWhole.ts'
import { writeApi } from './api.ts'
import { indexPage } from './index.ts'
import { lessonPage, readLessons } from './lessons.ts'
import { lossPage } from './losses/page.ts'
import { MARKDOWN, markdownPage, placeOf, ROOT } from './markdown.ts'
import { sourcePage } from './source.ts'

/** Writes every page, and the sources and pictures that pages link to. */
export function writeSite(out: string, api: boolean): void {
  const lessons = readLessons()
  const pages = MARKDOWN.map(path => ({ place: placeOf(path), ...markdownPage(path) }))
  const write = (place: string, content: string | Uint8Array) => writeWhole(join(out, place), content)
  write('index.html', indexPage(lessons, pages, api))
  for (const lesson of lessons) write(`tutorial/${lesson.file}.html`, lessonPage(lesson))
  for (const row of LOSSES) write(`losses/${row.name}.html`, lossPage(row))
  for (const { place, html } of pages) write(place, html)
  for (const path of new Set(pages.flatMap(({ linked }) => linked))) {
    const place = placeOf(path)
    if (path.endsWith('.png')) write(place, readFileSync(join(ROOT, path)))
    else if (place.startsWith('source/')) write(place, sourcePage(path))
  }
  if (api) writeApi(resolve(out, 'api'))
}
