import htm from 'htm'
import { h } from 'preact'

/** Markup in templates: preact's `h` behind htm. */
export const html = htm.bind(h)
