-- What was ordered stands in `version`; what an inventory found stands beside it. `class`, `volunteers`, `everything` and `must_match` are
-- found, too. What was found before is not on record apart from what was ordered: null says so.
alter table instance add column measured_version text;
alter table instance add column measured_at timestamptz;
