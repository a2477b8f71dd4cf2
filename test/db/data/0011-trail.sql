-- A person by name, one whose name Slack did not tell, and an hour that is not told yet.
insert into profile values
  ('who_1', 'U_LEAD', 'T_ACME', 'customer', '{lead}', 'Marcus Bell', 'slack', '2026-01-05Z', '2026-01-05Z'),
  ('who_2', 'U_PM', null, 'vendor', '{pm,sales}', null, null, null, '2026-01-05Z');
update verdict set profile_id = 'who_1' where user_id = 'U_LEAD';
insert into heard values ('U_NOBODY', '2026-01-05 10:00Z', 60, 20);
