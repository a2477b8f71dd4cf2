-- How often a worker that carried out the step died. It is counted here, not in the queue's job: that may be lost, and added anew.
-- `held` is the attempt whose claim was taken and neither ended nor handed over: taken again, its worker died.
alter table step add column deaths int not null default 0;
alter table step add column held int;
