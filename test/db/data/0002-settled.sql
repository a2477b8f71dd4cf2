-- One customer was looked at, one was not.
insert into customer values ('cus_2', 'beta', 'Beta Biopharma', 'prospect', null, false, '1', '2026-02-01Z', '2026-02-01Z', '2026-02-01Z');
