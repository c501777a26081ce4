/** The thread that computes: the page stays free to draw. */
import type { Images } from '../../long-tail/images.ts'
import { fetchDigits } from '../digits/format.ts'
import { Conductor } from './conductor.ts'
import type { Reply, Request } from './messages.ts'
import { settle } from './place.ts'

/** What a worker's global object is, which the types of a page do not know. */
interface Port {
  postMessage(reply: Reply): void
  onmessage: ((event: MessageEvent<Request>) => void) | null
}

const port = globalThis as unknown as Port
const lists = new Map<string, Promise<readonly Images[]>>()

function digitsAt(url: string): Promise<readonly Images[]> {
  const known = lists.get(url) ?? fetchDigits(url)
  lists.set(url, known)
  // A file that could not be had is asked for again the next time.
  known.catch(() => lists.delete(url))
  return known
}

/** A message to ourselves has its turn after those that wait; a timer would, after a few rounds, take 4 ms each. */
function breathe(): Promise<void> {
  return new Promise(resolve => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(0)
  })
}

const conductor = new Conductor({ post: reply => port.postMessage(reply), settle, fetch: digitsAt, breathe })
port.onmessage = ({ data }) => void conductor.receive(data)
