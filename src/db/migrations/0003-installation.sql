-- Several Slipways may share a server for instances: each puts its own mark into the names of its databases and roles,
-- so that none ever takes another's for its own.
create table installation (
  id boolean primary key default true check (id),
  mark text not null
);
insert into installation (mark) values (substr(md5(random()::text || clock_timestamp()::text), 1, 6));
