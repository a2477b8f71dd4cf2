-- Slipway's own PostgreSQL: the owner of the tables, and two logins that own nothing. Run once, on an empty volume, by the image's entrypoint.
-- On a volume from before, by hand:
--   docker compose exec postgres psql --username=<superuser> --dbname=slipway --file=/docker-entrypoint-initdb.d/10-roles.sql
\getenv migrate_password MIGRATE_PASSWORD
\getenv bot_password BOT_PASSWORD
\getenv worker_password WORKER_PASSWORD

create role slipway_migrate login noinherit password :'migrate_password';
create role slipway_bot login noinherit connection limit 60 password :'bot_password';
create role slipway_worker login noinherit connection limit 200 password :'worker_password';

alter database slipway owner to slipway_migrate;
revoke connect, temporary on database slipway, postgres, template1 from public;
grant connect on database slipway to slipway_bot, slipway_worker;
revoke create on schema public from public;
