/** The Slack app's manifest, made from the registry of commands, so that Slack and Slipway cannot disagree. */
import { verbsOf, type Word, wordNames, words } from '../../commands/index.js'
import { ENDPOINT } from './intake.js'
import { scopes } from './scopes.js'

export interface ManifestOptions {
  /** Put before every command: `acme-` makes `/acme-env`. */
  prefix: string
  /** Where Slack reaches the bot; not needed in Socket Mode. */
  publicUrl: string
  socketMode: boolean
}

/** What to paste into Slack's "create an app from a manifest", as JSON. */
export function manifest({ prefix, publicUrl, socketMode }: ManifestOptions) {
  const url = new URL(ENDPOINT, publicUrl).href
  const address = socketMode ? {} : { url }
  const requestUrl = socketMode ? {} : { request_url: url }
  return {
    display_information: {
      name: 'Slipway',
      description: "Takes a customer's environments from first demo to live production.",
      background_color: '#1f3a4d',
    },
    features: {
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: true },
      bot_user: { display_name: 'Slipway', always_online: true },
      slash_commands: wordNames.map((word) => ({ ...command(word, prefix), ...address })),
    },
    oauth_config: { scopes: { bot: scopes.map(({ scope }) => scope) } },
    settings: {
      event_subscriptions: { ...requestUrl, bot_events: ['app_home_opened'] },
      interactivity: { is_enabled: true, ...requestUrl },
      org_deploy_enabled: false,
      socket_mode_enabled: socketMode,
      token_rotation_enabled: false,
    },
  }
}

/** `should_escape` makes Slack send mentions as ids; a typed `@name` proves nothing. */
function command(word: Word, prefix: string) {
  const hint = [...verbsOf(word).keys(), 'help'].join(' | ')
  return { command: `/${prefix}${word}`, description: words[word], usage_hint: hint, should_escape: true }
}
