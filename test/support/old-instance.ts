/** An instance as commit 8399a5b made it: one login, which the application uses, owns the database and everything in it. */
import type { InstanceAddress } from '../../src/drivers/driver.js'
import { clinicDir, loadProduct, schemaFiles } from '../../src/product/index.js'
import { closedDatabase, sql } from './postgres.js'

const product = loadProduct(clinicDir)

/** Makes it, of version 24.1 and empty; frozen, its things belong to another role, as they did then. */
export async function makeOldInstance(superuser: string, at: InstanceAddress, { frozen = false } = {}): Promise<void> {
  const within = new URL(superuser)
  within.pathname = `/${at.database}`
  const inside = (statement: string) => sql(within.href, statement)
  await sql(superuser, `create role "${at.role}" login password '${at.secret}'`)
  await sql(superuser, `comment on role "${at.role}" is 'slipway:${at.database}'`)
  await closedDatabase(superuser, { name: at.database })
  await sql(superuser, `comment on database "${at.database}" is 'slipway:${at.role}'`)
  await sql(superuser, `alter database "${at.database}" owner to "${at.role}"`)
  await sql(superuser, `revoke all on database "${at.database}" from public`)
  for (const file of schemaFiles(product, '24.1')) await inside(`set role "${at.role}"; set search_path = public; ${file.sql}`)
  if (!frozen) return
  const make = (role: string) => `do $$ begin create role ${role} nologin; exception when duplicate_object then null; end $$`
  for (const role of ['slipway_frozen', 'slipway_frozen_code']) await sql(superuser, make(role))
  await inside(`reassign owned by "${at.role}" to slipway_frozen`)
  await inside(`alter database "${at.database}" set default_transaction_read_only = on`)
  const reading = `grant select on all tables in schema public to "${at.role}"; grant connect on database "${at.database}" to "${at.role}"`
  await inside(`begin read write; ${reading}; commit`)
}
