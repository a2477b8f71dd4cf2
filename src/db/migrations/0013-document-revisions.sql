-- Why a revision was made, and who asked for it: its successors list it. Of revisions from before it is not recorded, and printed so.
alter table document add column change text, add column asked_by text;
