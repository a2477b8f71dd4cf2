import { wordNames } from '../../commands/index.js'
import { manifest } from '../../src/slack/manifest.js'

const http = manifest({ prefix: '', publicUrl: 'https://slipway.example', socketMode: false })
const socket = manifest({ prefix: 'acme-', publicUrl: 'https://slipway.example', socketMode: true })

test('every command of the registry is there, escaped, within the limits of Slack', () => {
  expect(http.features.slash_commands.map(({ command }) => command)).toEqual(wordNames.map((word) => `/${word}`))
  expect(socket.features.slash_commands.map(({ command }) => command)).toEqual(wordNames.map((word) => `/acme-${word}`))
  for (const { command, usage_hint, description, should_escape } of socket.features.slash_commands) {
    expect(command.length).toBeLessThanOrEqual(32)
    expect(usage_hint.length).toBeLessThanOrEqual(1000)
    expect(description.length).toBeLessThanOrEqual(140)
    expect(should_escape).toBe(true)
  }
})

test('addresses are given for HTTP and left out for Socket Mode', () => {
  expect(JSON.stringify(http).match(/https:\/\/slipway\.example\/slack\/events/g)).toHaveLength(wordNames.length + 2)
  expect(JSON.stringify(socket)).not.toContain('https://')
})
