/** Asks whether something answers under an instance's address: a statement of the IQ is made of the answer, not of the setting. */

/** `answered`: what is there took the request as its own. `said` is for people. */
export interface Answer {
  answered: boolean
  said: string
}

const patience = 5_000

/**
 * One request to an address that the settings gave (never to one that a person or an instance named): HTTP or HTTPS, five seconds at most,
 * no redirect followed, nothing of the body kept. What says "not found", or that it is broken, is not the instance.
 */
export async function probeAddress(url: string, patienceMs = patience): Promise<Answer> {
  if (!/^https?:$/.test(protocolOf(url))) return { answered: false, said: 'no address of the web' }
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(patienceMs), headers: { accept: 'text/html' } })
    await response.body?.cancel()
    const { status } = response
    return { answered: status < 400 || status === 401 || status === 403, said: `HTTP ${status}` }
  } catch (error) {
    // A DOMException, which need be no Error.
    const late = (error as { name?: unknown }).name === 'TimeoutError'
    return { answered: false, said: late ? `no answer within ${patienceMs / 1000} s` : 'no connection' }
  }
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : ''
}
