-- A policy in force, and a customer to be looked at because of it.
insert into policy_version values ('1', 'h', '{}', '{"version":"1"}', '2026-01-02Z');
insert into policy_taken (version, at) values ('1', '2026-01-02Z');
insert into due_anew (place, due_at) values ('cus_3', '2026-01-02Z');
