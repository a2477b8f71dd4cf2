-- Who a person was when they acted: what Slack called them, and what policy made of them then. Only ever added to; the id stands for the
-- content. Nothing else of a Slack profile is kept (R32). A row that was written before this has none: its name was not recorded.
create table profile (
  id text primary key,
  user_id text not null,
  team_id text,
  party text not null check (party in ('vendor', 'customer', 'stranger')),
  roles text[] not null,
  name text check (char_length(name) between 1 and 80),
  name_from text check (name_from in ('slack', 'payload')),
  name_at timestamptz,
  at timestamptz not null,
  check ((name is null) = (name_from is null) and (name is null) = (name_at is null))
);
create index profile_of_user on profile (user_id, name_at desc);
create trigger profile_append_only before update or delete on profile for each row execute function refuse_change();
create trigger profile_never_truncated before truncate on profile for each statement execute function refuse_change();

alter table verdict add column profile_id text references profile;
alter table signature add column profile_id text references profile;
alter table operation add column profile_id text references profile;
alter table golive add column profile_id text references profile;
alter table access add column profile_id text references profile;
alter table "freeze" add column profile_id text references profile;

-- How many attempts and reads of one person in one hour there were, and how many of them the trail has; the rest becomes one entry.
create table heard (
  user_id text not null,
  hour timestamptz not null,
  seen int not null,
  kept int not null,
  primary key (user_id, hour)
);
