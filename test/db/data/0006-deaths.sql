-- A step whose worker died twice.
update step set deaths = 2, held = attempt where id = (select min(id) from step);
