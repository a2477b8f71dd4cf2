-- An instance that was made before there were three roles, its server a URL with a password.
update instance_database set server = 'postgres://admin:word@db.example:5432/postgres' where server <> '';
