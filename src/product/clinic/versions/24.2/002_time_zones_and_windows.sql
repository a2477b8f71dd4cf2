-- 24.2: sites know their time zone, study events their visit window, appointments who booked them; two new permissions.

alter table sites add column time_zone text not null default 'UTC';

alter table study_events add column window_before integer not null default 0 check (window_before >= 0);
alter table study_events add column window_after integer not null default 0 check (window_after >= 0);

alter table appointments add column booked_by bigint references users (id) on delete set null;

alter table volunteers drop constraint volunteers_status_check;
alter table volunteers add constraint volunteers_status_check
  check (status in ('active', 'on-hold', 'excluded', 'deceased', 'withdrawn', 'prospective'));

-- Content is added only where there is content: a database fresh from these files stays empty.
insert into permissions (code, title)
  select code, title
  from (values ('devices.calibrate', 'Record the calibration of a device'), ('volunteers.merge', 'Merge duplicate volunteers')) as added (code, title)
  where exists (select from permissions)
  on conflict (code) do nothing;
insert into role_permissions (role_id, permission_id)
  select r.id, p.id from roles r cross join permissions p
  where r.name = 'Administrator' and p.code in ('devices.calibrate', 'volunteers.merge')
  on conflict do nothing;
insert into general_settings (key, value, note)
  select 'calibration.warn-days', '30', 'Days before a device''s calibration falls due'
  where exists (select from general_settings)
  on conflict (key) do nothing;

insert into release (version) values ('24.2');
insert into schema_migrations (file) values ('24.2/002_time_zones_and_windows.sql');
