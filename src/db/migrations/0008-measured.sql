-- `version`, `class` and `volunteers` are what was ordered (how many: as the making's loader counted them). What an inventory found in the
-- database stands beside it: null where nothing was found yet.
alter table instance alter column volunteers drop not null, alter column volunteers drop default;
alter table instance
  add column measured_version text,
  add column measured_class text check (measured_class in ('none', 'dummy', 'obfuscated', 'real')),
  add column measured_volunteers int,
  add column measured_at timestamptz,
  add column measured_by text;
-- Until now an inventory wrote over the ordered version and count. Who the volunteers are was never looked for, and when it was is not known.
update instance set measured_version = version, measured_volunteers = volunteers where everything is not null;
update instance set volunteers = null, version = e.version from environment e where e.id = instance.environment_id;
