-- When a place is to be looked at again though nobody asks (lifecycle/next-due.ts): null, never. What there is already is looked at once, at
-- the next sweep.
alter table customer add column due_at timestamptz default now();
create index customer_due on customer (due_at);
-- The same of Community and the system; and by what everybody was last looked at besides their own rows (`basisOf` in change/deps.ts).
create table system_place (
  id boolean primary key default true check (id),
  due_at timestamptz default now(),
  basis text
);
insert into system_place default values;
-- Places to be looked at again (a customer's id, or `system`) because of what is not theirs: a freeze of everything that is lifted, Community,
-- another basis. Rows of their own, so that whoever writes them neither waits for a customer's lock nor holds one; duplicates are no harm.
create table due_anew (
  id bigint generated always as identity primary key,
  place text not null,
  due_at timestamptz not null
);
-- Nobody looks for due rows of these tables any more.
drop index operation_due, request_due, access_due, customer_settled;

-- For as long as processes of both releases run; a later migration drops what follows, and settled_at with it.
-- A process of the earlier release knows no due_at: what it changed is looked at by the next sweep, whatever clock it goes by. It ends each
-- change of a customer by writing settled_at, which nobody else writes; of the system's things, operations and requests have hours.
create function due_by_older() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.due_at := to_timestamp(0);
  return new;
end $$;
create trigger due_by_older before update of settled_at on customer for each row execute function due_by_older();
create function due_of_system() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  update slipway.system_place set due_at = to_timestamp(0);
  return null;
end $$;
create trigger due_of_system after insert or update on operation for each row when (new.customer_id is null) execute function due_of_system();
create trigger due_of_system after insert or update on request for each row when (new.customer_id is null) execute function due_of_system();
