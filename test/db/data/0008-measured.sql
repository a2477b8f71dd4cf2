-- One that was measured on another version than the ordered one, with one who is no dummy; its Test is not measured yet.
update instance set volunteers = 20, measured_version = '24.0', measured_class = 'real', measured_volunteers = 21,
  measured_at = '2026-01-06Z', measured_by = 'op_1' where id = 'ins_1';
