/** What of an environment stands on the server: its name is in no database's, the record knows whose each is. */
import type { Bot } from './bot.js'
import { sql } from './postgres.js'

/** Databases that were ever made for environments of this name, or names that begin so, and are there. */
export async function databasesStanding(bot: Bot, environment: string): Promise<string[]> {
  const recorded = await recordedFor(bot, environment)
  const rows = await sql(bot.databaseUrl, 'select datname as name from pg_database where datname = any ($1)', [recorded])
  return rows.map(({ name }) => String(name))
}

/** Their roles that are there: owner, application's login, maintenance login. */
export async function rolesStanding(bot: Bot, environment: string): Promise<string[]> {
  const marks = (await recordedFor(bot, environment)).map((name) => `slipway:${name}`)
  const rows = await sql(bot.databaseUrl, `select rolname as name from pg_roles where shobj_description(oid, 'pg_authid') = any ($1)`, [
    marks,
  ])
  return rows.map(({ name }) => String(name))
}

/** Databases that were ever named for such environments, there or not. */
export async function recordedFor(bot: Bot, environment: string): Promise<string[]> {
  const rows = await bot.demo.slipway.change.db
    .selectFrom('instance_database as d')
    .innerJoin('instance as i', 'i.id', 'd.instance_id')
    .innerJoin('environment as e', 'e.id', 'i.environment_id')
    .select('d.database')
    .where('e.name', 'like', `${environment}%`)
    .execute()
  return rows.map(({ database }) => database)
}
