/** Asks who answers under an instance's address: a statement of the IQ is made of the answer, not of the setting. */

/** `instance`: the answer carries the instance's mark. A web server that does not may be a proxy, or anything. `said` is for people. */
export interface Answer {
  from: 'instance' | 'web-server' | 'nobody'
  said: string
}

/** The header by which an application says whose instance it is (docs/adding.md). */
const mark = 'slipway-instance'
const patience = 5_000

/**
 * One request to an address that the settings gave (never to one that a person or an instance named): HTTP or HTTPS, five seconds at most,
 * no redirect followed, nothing of the answer kept but its status and whether it is marked as from `instance`.
 */
export async function probeAddress(url: string, instance: string, patienceMs = patience): Promise<Answer> {
  if (!/^https?:$/.test(protocolOf(url))) return { from: 'nobody', said: 'no address of the web' }
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(patienceMs), headers: { accept: 'text/html' } })
    await response.body?.cancel()
    const marked = response.headers.get(mark)
    const said = `HTTP ${response.status}`
    if (marked === instance) return { from: 'instance', said }
    return { from: 'web-server', said: marked === null ? said : `${said}, with the mark of another instance` }
  } catch (error) {
    // A DOMException, which need be no Error.
    const late = (error as { name?: unknown }).name === 'TimeoutError'
    return { from: 'nobody', said: late ? `no answer within ${patienceMs / 1000} s` : 'no connection' }
  }
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : ''
}
