-- The counts of one dry run.
insert into dry_run values ('cus_1', repeat('ab', 32), '{"volunteers": 40, "medications": 12}', '2026-01-08Z');
