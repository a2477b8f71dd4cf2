insert into audit_anchor (number, due_at, at, entries, head, line_hash) values (1, '2026-05-12', '2026-05-12', 1, repeat('a', 64), repeat('b', 64));
-- Two of one due time, as after a clock that was put back.
insert into audit_anchor (number, due_at, at, entries, head, line_hash) values (2, '2026-05-12', '2026-05-12', 1, repeat('a', 64), repeat('c', 64));
update audit_anchor_due set due_at = '2026-05-13';
