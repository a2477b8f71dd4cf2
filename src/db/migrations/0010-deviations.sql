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
  -- SHA-256 over all that was found: check, expected, actual or why it was not executed. `what` shows only its beginning.
  found_sha256 text not null check (found_sha256 ~ '^[0-9a-f]{64}$'),
  -- False: the check could not be executed, so whether there is a difference is not known.
  executed boolean not null,
  impact text not null,
  critical boolean not null,
  raised_by text not null,
  raised_at timestamptz not null,
  disposition text not null default 'open' check (disposition in ('open', 'accepted', 'rejected', 'corrected', 'superseded')),
  -- QA's last word: it stays when the deviation is corrected later, or found again after it was rejected.
  decision text check (decision in ('accepted', 'rejected')),
  disposed_by text,
  disposed_at timestamptz,
  reason text,
  -- The execution in which its check passed, as `<document> execution <n>`.
  corrected_by text,
  corrected_at timestamptz,
  -- The number of the deviation that the same check has now.
  superseded_by text,
  check ((decision is null) = (disposed_at is null)),
  check ((decision is null) = (disposed_by is null)),
  check ((decision is null) = (reason is null)),
  check (disposition not in ('accepted', 'rejected') or decision is not distinct from disposition),
  check (disposition <> 'open' or decision is distinct from 'accepted'),
  check ((disposition = 'corrected') = (corrected_by is not null)),
  check ((disposition = 'corrected') = (corrected_at is not null)),
  check ((disposition = 'superseded') = (superseded_by is not null))
);
create index deviation_customer on deviation (customer_id);
create index deviation_environment on deviation (environment_id);

-- What was found stays. An open one is judged by QA; a rejected one that is found again is open again, with the word that was said; what QA
-- said changes by another word of QA only; corrected and superseded are ends.
create function keep_deviation() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and (new.id, new.number, new.environment_id, new.what, new.impact, new.critical, new.raised_by, new.raised_at)
    is not distinct from (old.id, old.number, old.environment_id, old.what, old.impact, old.critical, old.raised_by, old.raised_at)
    and (new.customer_id, new.instance_id, new.document, new.execution, new.check_id)
    is not distinct from (old.customer_id, old.instance_id, old.document, old.execution, old.check_id)
    and (new.found_sha256, new.executed) is not distinct from (old.found_sha256, old.executed)
    and (old.disposition, new.disposition) in (('open', 'accepted'), ('open', 'rejected'), ('rejected', 'open'),
      ('open', 'corrected'), ('accepted', 'corrected'), ('rejected', 'corrected'),
      ('open', 'superseded'), ('accepted', 'superseded'), ('rejected', 'superseded'))
    and (new.disposition in ('accepted', 'rejected') or (new.decision, new.disposed_by, new.disposed_at, new.reason)
      is not distinct from (old.decision, old.disposed_by, old.disposed_at, old.reason)) then
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

-- The code of the refusal that ended an operation; null where it was a fault, and for what ended before this was recorded.
alter table operation add column refusal text;
