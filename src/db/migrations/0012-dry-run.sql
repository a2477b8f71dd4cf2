-- What the migration program would load of a customer's registered files, so that the same files are not read twice for a plan.
-- `key` stands for all that the counts depend on: files, specification, program, product version, the day that counts as today, and what
-- the dump may point at. `tables` is rows per table.
create table dry_run (
  customer_id text not null references customer (id),
  key text not null check (key ~ '^[0-9a-f]{64}$'),
  tables jsonb not null,
  at timestamptz not null,
  primary key (customer_id, key)
);
