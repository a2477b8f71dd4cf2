-- A customer who waits for nothing, and one to be looked at for what is not theirs.
insert into customer (id, slug, name, state, legacy, policy_version, since, created_at, due_at)
  values ('cus_3', 'gamma', 'Gamma', 'lost', false, '1', '2026-01-05Z', '2026-01-02Z', null);
insert into due_anew (place, due_at) values ('cus_3', '2026-01-02Z');
