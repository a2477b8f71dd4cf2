-- An instance that was measured on another version than the ordered one.
update instance set measured_version = '24.1', measured_at = now() where id = (select min(id) from instance);
