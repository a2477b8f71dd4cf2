/** What `slipway doctor` says of the backups that policy declares. */
import { backupFindings } from '../../src/cli/doctor-backups.js'

const whats = (declared: object, servers: string[]) => backupFindings({ ...declared }, servers).map(({ what }) => what)

test('R42 a key of declared backups that is no server’s is named, and declares nothing', () => {
  expect(whats({ 'eu-1': [], eu1: [], slipway: [] }, ['eu-1'])).toEqual([
    'backups of eu1: policy declares them, and no server of INSTANCE_SERVERS has that key',
  ])
})

test('R42 a server whose backups nobody declared is named, and so is Slipway itself', () => {
  expect(whats({ 'eu-1': [] }, ['eu-1', 'eu-2'])).toEqual(
    ['eu-2', 'slipway'].map(
      (key) => `backups of ${key}: policy declares none, so that destruction records say that what they hold is not known`,
    ),
  )
  expect(backupFindings({}, ['eu-1']).every(({ ok }) => ok === 'warn')).toBe(true)
})

test('R42 where every server has its entry there is nothing to say', () => {
  expect(whats({ 'eu-1': [], slipway: [] }, ['eu-1'])).toEqual([])
})
