-- The audit trail belongs to the owner of these tables: whoever else works here only adds to it (R32). An entry is taken when it continues
-- its chain, and the head follows by this trigger alone; no role needs, or gets, a right to change a head.
create function lock_audit_head(of_chain text, out seq bigint, out hash text)
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  select h.seq, h.hash into seq, hash from slipway.audit_head h where h.chain = of_chain for update;
  if not found then
    if of_chain is distinct from 'system' and not exists (select from slipway.customer c where c.id = of_chain) then
      raise exception 'a chain of the audit trail is the system''s or a customer''s (R32)' using errcode = 'insufficient_privilege';
    end if;
    insert into slipway.audit_head (chain, seq, hash) values (of_chain, 0, repeat('0', 64)) on conflict do nothing;
    select h.seq, h.hash into seq, hash from slipway.audit_head h where h.chain = of_chain for update;
  end if;
end $$;
revoke all on function lock_audit_head(text) from public;

create function advance_audit_head() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  part record;
  head slipway.audit_head;
begin
  for part in
    select a.chain, min(a.seq) as first, max(a.seq) as last, count(*) as entries from added a group by a.chain order by a.chain
  loop
    select h.* into head from slipway.audit_head h where h.chain = part.chain for update;
    if not found or part.first <> head.seq + 1 or part.last - head.seq <> part.entries or exists (
      select from (
        select a.prev, lag(a.hash, 1, head.hash) over (order by a.seq) as before from added a where a.chain = part.chain
      ) link where link.prev <> link.before
    ) then
      raise exception 'an entry of the audit trail continues its chain (R32)' using errcode = 'insufficient_privilege';
    end if;
    update slipway.audit_head h
      set seq = part.last, hash = (select a.hash from added a where a.chain = part.chain and a.seq = part.last)
      where h.chain = part.chain;
  end loop;
  return null;
end $$;
revoke all on function advance_audit_head() from public;
revoke all on function refuse_change() from public;
create trigger audit_advance after insert on audit_entry
  referencing new table as added for each statement execute function advance_audit_head();

-- What was written of the heads outside the database, line by line; and when the next line is due (null: at the next sweep).
-- Whoever adds an anchor adds the next one: a number further on, or a due time that may not come again, would leave no room for those after it.
create table audit_anchor (
  number int primary key,
  due_at timestamptz not null check (isfinite(due_at)),
  at timestamptz not null check (isfinite(at)),
  entries bigint not null,
  head text not null,
  line_hash text not null
);
create function continue_anchors() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if new.number is distinct from (select coalesce(max(a.number), 0) + 1 from slipway.audit_anchor a) then
    raise exception 'an anchor of the audit trail is the one after the last (R32)' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
revoke all on function continue_anchors() from public;
create trigger anchor_continues before insert on audit_anchor for each row execute function continue_anchors();
create trigger anchor_append_only before update or delete on audit_anchor for each row execute function refuse_change();
create trigger anchor_never_truncated before truncate on audit_anchor for each statement execute function refuse_change();
create table audit_anchor_due (
  id boolean primary key default true check (id),
  due_at timestamptz check (isfinite(due_at))
);
insert into audit_anchor_due default values;
