-- A signature from before it was measured, and one that was.
insert into signature values ('sig_2', 'cus_1', 'validation-complete', 'env_1', 'U_LEAD', 'customer:lead', 'h', null, '2026-01-08Z', true);
insert into measurement values
  ('mea_1', 'cus_1', 'env_1', 'ins_1', 'op_1', 'validation-complete', 'sig_2', 'counts', '24.1', 'f', 'e', 'm', 20,
   '[{"element":"sites","title":"Sites","rows":1,"sha256":"a","mustMatch":"b"}]', '[{"with":"iq","differences":[]}]', 'CR-ACME r1', '2026-01-08Z');
