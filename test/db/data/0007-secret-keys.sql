insert into secret_key values ('k1', '0123456789abcdef', false, '2026-01-05Z');
