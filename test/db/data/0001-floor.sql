-- A customer on its way: rows that every later migration must carry along.
insert into customer values ('cus_1', 'acme', 'Acme Research', 'onboarding', 'C_ACME', true, '1', '2026-01-05Z', '2026-01-02Z');
insert into person values ('cus_1', 'U_LEAD', 'lead');
insert into environment values
  ('env_1', 'cus_1', 'sandbox', 'acme-sandbox', 1, 'ready', 'base', '24.1', '2026-01-06Z', '2026-01-06Z', '2026-01-05Z'),
  ('env_2', null, 'community', 'community', 1, 'ready', 'base', '24.1', '2026-01-03Z', '2026-01-03Z', '2026-01-03Z');
insert into instance (id, environment_id, role, name, version, class, volunteers) values
  ('ins_1', 'env_1', 'main', 'acme-sandbox-main', '24.1', 'dummy', 20),
  ('ins_2', 'env_1', 'test', 'acme-sandbox-test', '24.1', 'dummy', 20);
insert into operation (id, customer_id, environment_id, verb, state, plan, plan_hash, requested_by, requested_at, slots) values
  ('op_1', 'cus_1', 'env_1', 'create', 'done', '{"job":"provision","data":{},"steps":[],"elements":[]}', 'h', 'U_PM', '2026-01-05Z', '[]'),
  ('op_2', 'cus_1', 'env_1', 'teardown', 'scheduled', '{"job":"teardown","data":{},"steps":[],"elements":[]}', 'h', 'U_PM', '2026-01-07Z', '[]');
insert into instance_database values ('acme_sandbox_main_1', 'ins_1', 'op_1', 'acme_sandbox_main_1', 'sealed', 'postgres://', '2026-01-05Z', null);
insert into step (id, operation_id, ordinal, stage, name, title) values ('stp_1', 'op_1', 0, 0, 'plan', 'Plan and count');
insert into request values ('req_1', 'postpone', 'op_2', 'cus_1', 1, 'h', '[]', 'open', '2026-01-07Z', null);
insert into verdict values ('req_1', 1, '1', 'U_LEAD', 'yes', null, '2026-01-07Z');
insert into signature values ('sig_1', 'cus_1', 'approve-scripts', 'itr_1', 'U_LEAD', 'customer:lead', 'h', null, '2026-01-07Z');
insert into intake_file values ('cus_1', 'dump.csv', 10, 'aa', '2026-01-06Z');
insert into iteration (id, customer_id, number, state, specification, program, version, files_hash, at) values
  ('itr_1', 'cus_1', 1, 'approved', 's', '1', '24.1', 'f', '2026-01-06Z');
insert into golive values ('liv_1', 'cus_1', '2026-03-01', 'open', 'U_PM', '2026-01-08Z');
insert into document values ('doc_1', 'cus_1', 'CR-ACME', 1, 'configuration-report', 'env_1', 'ins_1', 'op_1', 'cr.pdf', 'aa', '2026-01-06Z');
insert into access values ('acc_1', 'env_2', 'U_LEAD', 'explorer', 'U_PM', '2026-01-06Z', null, null);
insert into "freeze" values ('frz_1', null, 'audit', 'U_QA', '2026-01-06Z', '2026-01-07Z');
insert into message (id, key, customer_id, channel, audience, view, subject, created_at) values
  ('msg_1', 'operation.op_1.ops', 'cus_1', 'C_OPS', 'ops', 'operation', 'op_1', '2026-01-05Z');
insert into outbox (queue, name, job_id, data) values ('messages', 'show', 'show.C_OPS.1', '{"channel":"C_OPS"}');
insert into answered values ('payload', '{"kind":"agreed","say":null,"slug":null}', '2026-01-05Z');
insert into audit_head values ('cus_1', 1, 'h');
insert into audit_entry values ('cus_1', 1, '2026-01-05Z', 'U_PM', 'customer-add', 'acme', null, '{"state":"prospect"}', null, 'p', 'h');
