import { html } from './html.js'

/** Line icons on a 20 by 20 grid. */
const paths = {
  hash: 'M7.5 3 6 17M14 3l-1.500 14M3.500 7.500h13.500M3 12.500h13.500',
  lock: 'M5 9h10v8H5zM7 9V6.500a3 3 0 0 1 6 0V9',
  home: 'm3 9.500 7-6 7 6M5 8.500V16.500h10V8.500',
  chevron: 'm5.500 8 4.500 4.500L14.500 8',
  close: 'm5 5 10 10M15 5 5 15',
  send: 'm3.500 10 13-6-4.500 13-2.500-5.500zM9.500 11.500l7-7.500',
  reply: 'M4 4.500h12v8.500H9.500L6 16v-3H4z',
  link: 'M8.500 11.500a3 3 0 0 0 4.200 0l2.600-2.600a3 3 0 0 0-4.200-4.200L10 5.800M11.500 8.500a3 3 0 0 0-4.200 0l-2.600 2.600a3 3 0 0 0 4.200 4.200l1.100-1.100',
  pin: 'm7.500 3.500h5M8.500 3.500v5L6 11.500h8L11.500 8.500v-5M10 11.500V17',
  eye: 'M2.500 10S5 5 10 5s7.500 5 7.500 5-2.500 5-7.500 5-7.500-5-7.500-5zM10 12.200a2.200 2.200 0 1 0 0-4.400 2.200 2.200 0 0 0 0 4.400z',
  more: 'M5 10h.01M10 10h.01M15 10h.01',
  check: 'm4.500 10.500 3.500 3.500 7.500-8',
  back: 'm12 4.500-5.500 5.500L12 15.500',
  people:
    'M7.500 9.500a2.800 2.800 0 1 0 0-5.600 2.800 2.800 0 0 0 0 5.600zM2.500 16.500c0-3 2-5 5-5s5 2 5 5M13 4.300a2.700 2.700 0 0 1 0 5M14 11.700c2.200.400 3.500 2.200 3.500 4.800',
  download: 'M10 3.500v9M6 9l4 4 4-4M4 16.500h12',
  bookmark: 'M6 3.500h8v13L10 13.500l-4 3z',
  slash: 'm12.500 4-5 12',
  warning: 'M10 3.500 17.500 16.500h-15zM10 8.500v4M10 14.500h.01',
  calendar: 'M4 5h12v11.500H4zM4 8.500h12M7.500 3v3.500M12.500 3v3.500',
  globe: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM3.200 10h13.600M10 3c2.200 2 3 4.500 3 7s-.800 5-3 7c-2.200-2-3-4.500-3-7s.800-5 3-7z',
}

export function Icon({ name, size = 18 }) {
  return html`<svg class="icon" width=${size} height=${size} viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="1.600" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
    <path d=${paths[name]} stroke-width=${name === 'more' ? 2.6 : 1.6} />
  </svg>`
}
