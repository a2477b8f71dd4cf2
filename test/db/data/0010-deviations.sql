insert into deviation (id, number, customer_id, environment_id, instance_id, document, execution, check_id, what, found_sha256, executed, impact, critical, raised_by, raised_at) values
  ('dev_1', 'DEV-ACME-SANDBOX-1', 'cus_1', 'env_1', 'ins_1', 'IQ-ACME', 1, 'IQ-01', 'w', repeat('0', 64), true, 'i', true, 'system', '2026-01-06Z');
