/** Every fuzzer of what comes in from outside at the edge. */
import { clicks } from './clicks.js'
import { slashCommands } from './commands.js'
import type { Fuzzer } from './fuzzer.js'
import { addresses, requests } from './requests.js'
import { logLines, policies, secretKeys, settings } from './settings.js'

export const edge: readonly Fuzzer[] = [slashCommands, clicks, requests, addresses, settings, policies, secretKeys, logLines]
