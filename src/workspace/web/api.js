/** Calls the workspace's control API. Always answers; a lost connection is an error like any other. */
export async function control(path, body) {
  const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  try {
    const response = await fetch(`/_control/${path}`, body ? post : {})
    return await response.json()
  } catch {
    return { ok: false, error: 'no_connection' }
  }
}

/** Hears of every change in the workspace; `state` tells whether the connection stands. */
export function listen(hear, state) {
  const source = new EventSource('/live')
  source.onmessage = (event) => hear(JSON.parse(event.data))
  source.onopen = () => state(true)
  source.onerror = () => state(false)
}
