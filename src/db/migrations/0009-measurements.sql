-- What a job measured of an instance: checksums and counts by element, never a value. Signatures are compared with it (R37).
create table measurement (
  id text primary key,
  customer_id text references customer,
  environment_id text not null references environment,
  instance_id text not null references instance,
  operation_id text not null references operation,
  purpose text not null check (purpose in ('iq', 'extract', 'validation-complete', 'sign-g4', 'sign-g6')),
  -- The click after which it was made; null where it was made before anybody was asked.
  signature_id text references signature,
  -- What became of that click, as it was decided then: counts or void.
  verdict text check (verdict in ('counts', 'void')),
  version text not null,
  fingerprint text not null,
  everything text not null,
  must_match text not null,
  volunteers int not null,
  -- Per element: rows, the checksum of everything and that of what must match.
  elements jsonb not null,
  -- What it was compared with, and the elements that differ.
  compared jsonb not null,
  -- Number and revision of the configuration report that shows this very configuration.
  document text,
  at timestamptz not null,
  unique (operation_id, instance_id, purpose)
);
create index measurement_environment on measurement (environment_id);
create index measurement_customer on measurement (customer_id) where signature_id is not null;

-- A signature that counts only once the instance was measured again after the click. Those from before were not measured.
alter table signature add column awaits boolean not null default false;
