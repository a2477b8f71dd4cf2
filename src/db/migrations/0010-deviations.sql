-- What was found not to be as it should be: by a check of an IQ today, by drift, a change or a person later (R15, R22, R24).
-- A deviation is never taken away, nor is what was found changed; only what became of it is, and the audit trail keeps each step of that.
create table deviation (
  id text primary key,
  -- DEV-<ENVIRONMENT>-<n>; never reused.
  number text not null unique,
  customer_id text references customer (id),
  environment_id text not null references environment (id),
  instance_id text references instance (id),
  -- Where it was found: the document and its execution, and the check; null where no document found it.
  document text,
  execution int,
  check_id text,
  what text not null,
  impact text not null,
  critical boolean not null,
  raised_by text not null,
  raised_at timestamptz not null,
  disposition text not null default 'open' check (disposition in ('open', 'accepted', 'rejected', 'corrected')),
  disposed_by text,
  disposed_at timestamptz,
  reason text,
  -- The execution that no longer showed it, as `<document> execution <n>`.
  corrected_by text,
  check ((disposition = 'open') = (disposed_at is null)),
  check ((disposition = 'corrected') = (corrected_by is not null)),
  check (disposition not in ('accepted', 'rejected') or (disposed_by is not null and reason is not null))
);
create index deviation_customer on deviation (customer_id);
create index deviation_environment on deviation (environment_id);

create function keep_deviation() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and (new.id, new.number, new.environment_id, new.what, new.impact, new.critical, new.raised_by, new.raised_at)
    is not distinct from (old.id, old.number, old.environment_id, old.what, old.impact, old.critical, old.raised_by, old.raised_at)
    and (new.customer_id, new.instance_id, new.document, new.execution, new.check_id)
    is not distinct from (old.customer_id, old.instance_id, old.document, old.execution, old.check_id)
    and old.disposition <> 'corrected' then
    return new;
  end if;
  raise exception 'a deviation stays as it was found (R22)' using errcode = 'insufficient_privilege';
end $$;
revoke all on function keep_deviation() from public;
create trigger deviation_stays before update or delete on deviation for each row execute function keep_deviation();
create trigger deviation_never_truncated before truncate on deviation for each statement execute function keep_deviation();

-- Of an IQ: its execution and what it came to. Null for other documents, and for what was issued before this was recorded.
alter table document add column execution int check (execution >= 1);
alter table document add column outcome text check (outcome in ('pass', 'pass-with-deviations', 'fail'));
