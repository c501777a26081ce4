import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { indexPage } from '../../examples/docs/index.ts'
import { lessonPage, readLessons } from '../../examples/docs/lessons.ts'
import { whenToUse } from '../../examples/docs/losses/guidance.ts'
import { lossPage } from '../../examples/docs/losses/page.ts'
import { parametersOf, propertiesOf } from '../../examples/docs/losses/parameters.ts'
import { snippet } from '../../examples/docs/losses/snippet.ts'
import { MARKDOWN, markdownPage, placeOf } from '../../examples/docs/markdown.ts'
import { writeSite } from '../../examples/docs/site.ts'
import { escapeHtml } from '../../examples/page/svg.ts'
import { LOSSES } from '../../losses/index.ts'
import { EXCEPTIONS, PASSED_OVER } from '../support/exceptions.ts'
import { runOnSources } from '../support/runOnSources.ts'
import { temporaryFolder } from '../support/temporaryFolder.ts'

/** What a page refers to, but for papers. */
const linksOf = (html: string): string[] =>
  [...html.matchAll(/(?:href|src)="([^"#]*)"/g)]
    .map(([, link]) => link)
    .filter(link => !link.startsWith('https://arxiv.org/abs/'))

describe('the page of a loss', () => {
  it.each(LOSSES)('$name: equation, curves, advice, every parameter, and nothing from elsewhere', row => {
    const html = lossPage(row)
    expect(html).toContain('<svg')
    expect(whenToUse(row).every(text => text.length > 40)).toBe(true)
    expect(linksOf(html)).toEqual(['../index.html'])
    expect(html).toContain(`<b>Paper settings</b>: ${escapeHtml(row.paperSettings.paper)}`)
    const named = parametersOf(row).map(({ name }) => name)
    for (const option of Object.keys(row.defaults)) if (option !== 'bias') expect(named).toContain(option)
    expect(named).toEqual(expect.arrayContaining(['classes', 'dim', 'seed', 'reduction', 'weight']))
    expect(new Set(named).size).toBe(named.length)
    for (const option of ['estimator', 'learnedSteps', 'preset']) {
      expect(named.includes(option)).toBe(row.prototypes === 'classCenters' && row.margin !== 'none')
    }
    expect(named.includes('blend')).toBe(row.prototypes === 'learned')
    expect(named.includes('pull')).toBe(row.margin !== 'none')
  })

  it('tells what stands in the docstrings', () => {
    const source = `export interface AOptions {\n  /** The first, in radians. */\n  a?: number\n  /**\n   * The second,\n   * longer.\n   */\n  readonly b: string\n}\n`
    expect(propertiesOf(source, 'AOptions')).toEqual([
      { name: 'a', about: 'The first, in radians.' },
      { name: 'b', about: 'The second, longer.' },
    ])
    expect(propertiesOf(source, 'Options')).toEqual([])
  })

  test.each(LOSSES)('$name: its program runs as it stands', async row => {
    const printed = await runOnSources(snippet(row), temporaryFolder())
    expect(printed.trim()).toBe(row.margin === 'none' ? '[ 8, 16 ]' : '[ 128 ]')
  })
})

describe('the first page and the lessons', () => {
  it('lead to each other, and to every loss', () => {
    const lessons = readLessons()
    const pages = MARKDOWN.map(path => ({ place: placeOf(path), title: path }))
    const links = linksOf(indexPage(lessons, pages, true))
    expect(links).toEqual([
      ...pages.map(({ place }) => place),
      ...lessons.map(({ file }) => `tutorial/${file}.html`),
      ...links.filter(link => link.startsWith('losses/')),
      'api/index.html',
    ])
    for (const { name } of LOSSES) expect(links).toContain(`losses/${name}.html`)
    for (const lesson of lessons) expect(linksOf(lessonPage(lesson))).toEqual(['../index.html'])
  })

  it('hold the page of NaN and Infinity, tables and all', () => {
    const { html } = markdownPage('engine/NUMBERS.md')
    expect(html).toContain('<h2 id="by-mode">By mode</h2>')
    for (const { why } of EXCEPTIONS) expect(html).toContain(`<td>${why}</td>`)
    for (const input of Object.keys(PASSED_OVER)) expect(html).toContain(`<code>${input}</code>`)
    expect(html).not.toMatch(/<!--|\*\*|`/)
    expect(linksOf(html)).toEqual(['index.html', 'source/engine/backends/minimalFiltering.ts.html'])
  })

  it('mark what a lesson prints, and escape it', () => {
    const html = lessonPage({ file: 'x', title: 'X', text: 'console.log(1 < 2)\n// -> true\n// so\n' })
    expect(html).toContain('console.log(1 &lt; 2)')
    expect(html).toContain('<span class="prints">// -&gt; true</span>')
    expect(html).toContain('<span class="says">// so</span>')
  })
})

describe('the whole site', () => {
  const folder = temporaryFolder()
  writeSite(folder, false)
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => /\.\w+$/.test(name))
  const text = (name: string): string => readFileSync(join(folder, name), 'utf8')

  test.each(files.filter(name => name.endsWith('.html')))(
    '%s: every link leads to a page, and to a place in it',
    name => {
      const links = [...text(name).matchAll(/(?:href|src)="([^"]*)"/g)].map(([, link]) => link)
      const broken = links.filter(link => {
        if (/^https:\/\/[\w.-]+\.\w+(\/|$)/.test(link)) return false
        const [path, anchor] = link.split('#')
        const target = path === '' ? name : posix.join(posix.dirname(name), path)
        return !files.includes(target) || (anchor !== undefined && !text(target).includes(`id="${anchor}"`))
      })
      expect(broken).toEqual([])
    },
  )

  it('holds every page of this repository that people read', () => {
    for (const path of MARKDOWN) expect(files).toContain(placeOf(path))
  })
})
