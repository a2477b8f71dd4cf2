-- A revision that says both.
update document set change = 'Extracted for qualify', asked_by = 'U_ENG' where id = (select min(id) from document);
