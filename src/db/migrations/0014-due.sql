-- When a place is to be looked at again though nobody asks (lifecycle/next-due.ts): null, never. What there is already is looked at once, at
-- the next sweep. `version` grows with every change.
alter table customer add column due_at timestamptz default now(), add column version bigint not null default 0;
alter table installation add column due_at timestamptz default now(), add column version bigint not null default 0;
create index customer_due on customer (due_at);
