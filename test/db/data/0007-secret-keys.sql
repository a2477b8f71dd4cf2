insert into secret_key values ('k1', '0123456789abcdef', false, '2026-01-05Z');
-- An instance whose inventory wrote over the version that was ordered (before 0008).
update instance set version = '24.0', everything = 'every' where id = 'ins_2';
