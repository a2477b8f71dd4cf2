import type { NextFunction, Request, Response } from 'express'

/** This machine by the names that a browser uses for it. */
const LOCAL = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Refuses what a web page from elsewhere makes a visitor's browser send: another `Origin`, `Sec-Fetch-Site` of another site (unless the
 * page itself is opened by a link), or a `Host` that is no name of this machine, as after DNS rebinding. Programs send no `Origin`.
 */
export function onlyLocal(request: Request, response: Response, next: NextFunction): void {
  const { host = '', origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = request.headers
  const opened = mode === 'navigate' && request.method === 'GET'
  const elsewhere = site !== undefined && site !== 'same-origin' && site !== 'none' && !opened
  if (isLocal(host) && (origin === undefined || origin === `http://${host}`) && !elsewhere) next()
  else response.status(403).json({ ok: false, error: 'forbidden_origin' })
}

/** Whether a `Host` header names this machine; also asked of a WebSocket's. */
export function isLocal(host: string): boolean {
  return LOCAL.has(host.replace(/:\d{1,5}$/, ''))
}
