# Sourced by the image's entrypoint: the superuser may log in on the container's own socket only (docker compose exec), never over the network.
{ printf 'host all %s all reject\n' "$POSTGRES_USER"; cat "$PGDATA/pg_hba.conf"; } > "$PGDATA/pg_hba.new"
mv "$PGDATA/pg_hba.new" "$PGDATA/pg_hba.conf"
