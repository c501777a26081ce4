import { type Browser, type BrowserContextOptions, chromium, type LaunchOptions, type Page } from 'playwright'

/** For whatever the page does next: machines may be slow. */
const PATIENCE = 300_000
const PICTURES = ['left-embedding', 'right-embedding', 'angle', 'accuracy', 'loss', 'balanced']
/** So high that every picture can be seen: those that cannot are not drawn. */
const VIEW = { width: 1200, height: 2700 }

/** A row of the page's table: the step, then loss, balanced, tail and angle of either side. */
export type Row = readonly number[]

/** Somebody at the page, who notes what goes wrong. */
export class Visitor {
  readonly page: Page
  /** Errors of the console and the page, and requests to other hosts. */
  readonly wrong: string[] = []

  private constructor(page: Page) {
    this.page = page
    page.setDefaultTimeout(PATIENCE)
    page.on('console', message => {
      if (message.type() === 'error') this.wrong.push(`console: ${message.text()}`)
    })
    page.on('pageerror', error => this.wrong.push(`page: ${error.message}`))
    page.context().on('request', request => {
      const { protocol, hostname } = new URL(request.url())
      const own = hostname === 'localhost' || protocol === 'data:' || protocol === 'blob:'
      if (!own) this.wrong.push(`request: ${request.url()}`)
    })
  }

  static async open(
    browser: Browser,
    address: string,
    options: BrowserContextOptions = {},
  ): Promise<Visitor> {
    const context = await browser.newContext({ viewport: VIEW, ...options })
    const visitor = new Visitor(await context.newPage())
    await visitor.page.goto(address)
    await visitor.waits('ready')
    return visitor
  }

  /** Resolves in that state of the run; throws, with what the page says, when the run failed. */
  async waits(state: string): Promise<void> {
    const shown = this.page.locator(`#state[data-state="${state}"], #state[data-state="failed"]`)
    await shown.waitFor({ state: 'attached' })
    const now = await this.page.locator('#state').getAttribute('data-state')
    if (now !== state) throw new Error(`page: ${await this.page.locator('#problems').textContent()}`)
  }

  /** Resolves when so many steps were taken. */
  async takes(steps: number): Promise<void> {
    await this.page.waitForFunction(n => {
      const { step } = document.querySelector<HTMLElement>('#count')!.dataset
      return Number(step) >= n || document.querySelector('#state[data-state="failed"]') !== null
    }, steps)
    const failed = await this.page.locator('#state[data-state="failed"]').count()
    if (failed > 0) throw new Error(`page: ${await this.page.locator('#problems').textContent()}`)
  }

  async pauses(): Promise<void> {
    await this.page.locator('#go').click()
    await this.waits('paused')
  }

  /** What each picture shows. */
  async pictures(): Promise<string[]> {
    // Two frames: one to draw what has come, one to know that it was drawn.
    return this.page.evaluate(async ids => {
      for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame)
      return ids.map(id => (document.getElementById(id) as HTMLCanvasElement).toDataURL())
    }, PICTURES)
  }

  /** The page's table, from the first step. */
  async rows(): Promise<Row[]> {
    const texts = await this.page
      .locator('#rows tr')
      .evaluateAll(rows =>
        rows.map(row => Array.from((row as HTMLTableRowElement).cells, cell => cell.textContent ?? '')),
      )
    return texts.map(row => row.map(Number)).reverse()
  }

  close(): Promise<void> {
    return this.page.context().close()
  }
}

export const start = (options: LaunchOptions): Promise<Browser> => chromium.launch(options)
