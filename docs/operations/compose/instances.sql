-- The server of the customers' instances: one login that makes databases and roles, and is no superuser. Run once, on an empty volume.
\getenv instances_password INSTANCES_PASSWORD

create role slipway_instances login createdb createrole password :'instances_password';
-- What it makes, it may become: the owner of an instance, to work there (PostgreSQL 16 and newer).
alter role slipway_instances set createrole_self_grant = 'set, inherit';
-- Whose sessions are in the way of a drop.
grant pg_read_all_stats to slipway_instances;
-- Loads skip the product's triggers; passed on to an instance's own login for as long as that needs it.
grant set on parameter session_replication_role to slipway_instances with grant option;

revoke connect, temporary on database postgres, template1 from public;
grant connect on database postgres to slipway_instances;
