-- Every policy that was in force, once, under the version that it names: `written` is the file as it was parsed, of which `hash` is the
-- SHA-256; `content` is what it meant, the defaults of that release included.
create table policy_version (
  version text primary key,
  hash text not null,
  written jsonb not null,
  content jsonb not null,
  seen_at timestamptz not null
);
-- When each came into force, also anew after another.
create table policy_taken (
  number bigint generated always as identity primary key,
  version text not null references policy_version,
  at timestamptz not null
);
-- Places to be looked at again (a customer's id, or `system`) because of what is not theirs: a freeze of everything that is lifted, Community,
-- the policy. Rows of their own, so that whoever writes them neither waits for a customer's lock nor holds one; duplicates are no harm.
create table due_anew (
  id bigint generated always as identity primary key,
  place text not null,
  due_at timestamptz not null
);
