-- Slipway's own state. Ids are opaque text; every time is UTC. What people decided is never updated, only added to.
create table clock (
  id boolean primary key default true check (id),
  offset_ms bigint not null default 0
);
insert into clock default values;

create table customer (
  id text primary key,
  slug text not null unique,
  name text not null,
  state text not null check (state in ('prospect', 'onboarding', 'live', 'offboarded', 'lost', 'cancelled')),
  channel text,
  legacy boolean not null,
  policy_version text not null,
  since timestamptz not null,
  created_at timestamptz not null
);
create unique index customer_channel on customer (channel) where channel is not null;

create table person (
  customer_id text not null references customer,
  user_id text not null,
  role text not null check (role in ('owner', 'lead', 'qa', 'member')),
  primary key (customer_id, user_id)
);
create index person_user on person (user_id);

create table environment (
  id text primary key,
  customer_id text references customer,
  kind text not null check (kind in ('demo', 'sandbox', 'migration', 'preprod', 'val', 'prod', 'community')),
  name text not null unique,
  number int not null,
  state text not null check (state in ('waiting', 'building', 'qualifying', 'ready', 'frozen', 'ending', 'destroyed', 'promoted', 'failed', 'stuck')),
  source text not null,
  version text not null,
  since timestamptz not null,
  ready_at timestamptz,
  created_at timestamptz not null
);
create index environment_customer on environment (customer_id);

create table instance (
  id text primary key,
  environment_id text not null references environment,
  role text not null check (role in ('main', 'test', 'single')),
  name text not null unique,
  version text not null,
  class text not null default 'none' check (class in ('none', 'dummy', 'obfuscated', 'real')),
  volunteers int not null default 0,
  everything text,
  must_match text,
  database text,
  unique (environment_id, role)
);

-- Every database that was ever given a name, recorded before it is created, so that none is left without an owner (DESIGN §4).
create table instance_database (
  database text primary key,
  instance_id text not null references instance,
  operation_id text not null,
  login text not null,
  secret text not null,
  server text not null,
  recorded_at timestamptz not null,
  gone_at timestamptz,
  unique (instance_id, operation_id)
);

create table operation (
  id text primary key,
  customer_id text references customer,
  environment_id text references environment,
  verb text not null,
  state text not null check (state in ('planning', 'waiting', 'scheduled', 'running', 'undoing', 'done', 'undone', 'stuck', 'rejected', 'expired', 'cancelled')),
  plan jsonb not null,
  plan_hash text not null,
  requested_by text not null,
  requested_at timestamptz not null,
  run_at timestamptz,
  postponed int not null default 0,
  started_at timestamptz,
  ended_at timestamptz,
  trouble text,
  cancelling boolean not null default false,
  slots jsonb not null
);
create index operation_customer on operation (customer_id);
create index operation_due on operation (run_at) where state = 'scheduled';
-- R40, kept by the database too: one operation holds an environment at a time.
create unique index operation_lock on operation (environment_id) where state in ('planning', 'waiting', 'running', 'undoing', 'stuck');

create table step (
  id text primary key,
  operation_id text not null references operation,
  ordinal int not null,
  stage int not null,
  name text not null,
  title text not null,
  role text,
  state text not null default 'pending' check (state in ('pending', 'queued', 'running', 'done', 'failed', 'undoing', 'undone', 'stuck')),
  attempt int not null default 0,
  claim int not null default 0,
  progress real not null default 0,
  sentence text,
  result jsonb,
  started_at timestamptz,
  ended_at timestamptz,
  seen_at timestamptz,
  unique (operation_id, ordinal)
);
create index step_open on step (seen_at) where state in ('queued', 'running', 'undoing');

create table request (
  id text primary key,
  kind text not null,
  subject text not null,
  customer_id text references customer,
  version int not null,
  hash text not null,
  slots jsonb not null,
  state text not null check (state in ('open', 'granted', 'refused', 'void', 'expired')),
  opened_at timestamptz not null,
  due_at timestamptz
);
create unique index request_open on request (kind, subject) where state = 'open';
create index request_customer on request (customer_id);
create index request_due on request (due_at) where state = 'open';

-- One person fills one slot, and a slot is filled once (R30).
create table verdict (
  request_id text not null references request,
  version int not null,
  slot text not null,
  user_id text not null,
  verdict text not null check (verdict in ('yes', 'no')),
  comment text,
  at timestamptz not null,
  primary key (request_id, version, slot),
  unique (request_id, version, user_id)
);

create table signature (
  id text primary key,
  customer_id text references customer,
  kind text not null,
  subject text not null,
  user_id text not null,
  role text not null,
  hash text not null,
  comment text,
  at timestamptz not null
);
create index signature_customer on signature (customer_id);

create table intake_file (
  customer_id text not null references customer,
  name text not null,
  bytes bigint not null,
  sha256 text not null,
  registered_at timestamptz not null,
  primary key (customer_id, name)
);

create table iteration (
  id text primary key,
  customer_id text not null references customer,
  number int not null,
  state text not null check (state in ('running', 'review', 'accepted', 'rejected', 'approved', 'failed')),
  specification text not null,
  program text not null,
  version text not null,
  files_hash text not null,
  result_hash text,
  balanced boolean not null default false,
  report jsonb,
  at timestamptz not null,
  unique (customer_id, number)
);

create table golive (
  id text primary key,
  customer_id text not null references customer,
  date text not null,
  state text not null check (state in ('open', 'done', 'rolled-back')),
  started_by text not null,
  started_at timestamptz not null
);
create unique index golive_open on golive (customer_id) where state = 'open';

create table document (
  id text primary key,
  customer_id text references customer,
  number text not null,
  revision int not null,
  kind text not null,
  environment_id text references environment,
  instance_id text references instance,
  operation_id text references operation,
  file text not null,
  sha256 text not null,
  at timestamptz not null,
  unique (number, revision)
);
create index document_customer on document (customer_id);
create sequence document_number;

create table access (
  id text primary key,
  environment_id text not null references environment,
  user_id text not null,
  role text not null,
  granted_by text not null,
  at timestamptz not null,
  until timestamptz,
  revoked_at timestamptz
);
create index access_due on access (until) where revoked_at is null;

create table "freeze" (
  id text primary key,
  customer_id text references customer,
  reason text not null,
  "by" text not null,
  at timestamptz not null,
  lifted_at timestamptz
);

-- What people see in Slack is a projection of these rows (R41): `dirty` grows with every change, `shown` is what Slack has.
create table message (
  id text primary key,
  key text not null unique,
  customer_id text references customer,
  channel text not null,
  audience text not null check (audience in ('ops', 'customer')),
  view text not null,
  subject text not null,
  data jsonb not null default '{}',
  parent_key text,
  pin boolean not null default false,
  ordinal bigint generated always as identity,
  ts text,
  shown_hash text,
  dirty int not null default 1,
  shown int not null default 0,
  attempted_at timestamptz,
  trouble text,
  created_at timestamptz not null
);
create index message_dirty on message (channel, ordinal) where shown < dirty and trouble is null;

create table outbox (
  id bigint generated always as identity primary key,
  queue text not null,
  name text not null,
  job_id text not null,
  data jsonb not null,
  not_before timestamptz not null default now(),
  sent_at timestamptz
);
create index outbox_unsent on outbox (not_before) where sent_at is null;

-- The answer to each Slack payload, so that one delivered twice is carried out once.
create table answered (
  key text primary key,
  outcome jsonb not null,
  at timestamptz not null
);

create table audit_head (
  chain text primary key,
  seq bigint not null,
  hash text not null
);

create table audit_entry (
  chain text not null,
  seq bigint not null,
  at timestamptz not null,
  actor text not null,
  verb text not null,
  subject text not null,
  before jsonb,
  after jsonb,
  why text,
  prev text not null,
  hash text not null,
  primary key (chain, seq)
);

-- R32: append-only, also for whoever holds the application's login.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the audit trail is append-only (R32)' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_append_only before update or delete on audit_entry for each row execute function refuse_change();
create trigger audit_never_truncated before truncate on audit_entry for each statement execute function refuse_change();
