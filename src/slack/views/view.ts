/** What a command or projection shows. `text` is what notifications and screen readers get: never empty. */
import type { KnownBlock } from '@slack/types'

export interface View {
  text: string
  blocks: KnownBlock[]
}
