-- An installation that was given its mark.
update installation set mark = 'abc123';
