-- When a customer's situation was last looked at as a whole: what follows from the mere passing of time, or from a thing of everybody's
-- (a freeze lifted, Community ready), comes at the latest an hour after it. Null: at the next sweep.
alter table customer add column settled_at timestamptz;
create index customer_settled on customer (settled_at nulls first);
