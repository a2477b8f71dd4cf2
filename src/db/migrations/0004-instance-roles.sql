-- Each instance has a login of Slipway's own beside the application's; null: it was made before (`slipway migrate instances`).
alter table instance_database add column maintenance_secret text;
-- `server` names a server by its key in the settings, never by a URL, which would carry a password. Rows that still hold one are
-- renamed by `slipway migrate`, which knows the settings.
comment on column instance_database.server is 'key of INSTANCE_SERVERS';
