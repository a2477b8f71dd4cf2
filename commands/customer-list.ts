import { z } from 'zod'
import { customerList as list } from '../src/views/customer.js'
import { defineCommand } from './command.js'

export const customerList = defineCommand({
  usage: '/customer list',
  help: 'All customers, with their state.',
  example: '/customer list',
  policy: [],
  words: [],
  flags: [],
  args: z.object({}),
  run: async (_, { queries }) => list(await queries.customers()),
})
