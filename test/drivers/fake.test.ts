import { FakeDriver } from '../support/fake-driver.js'
import { driverContract, product } from './contract.js'

driverContract('the fake driver', async () => {
  const driver = new FakeDriver({ product })
  return {
    driver,
    server: 'postgres://fake',
    async stranger(name) {
      driver.strangers.add(name)
    },
  }
})
