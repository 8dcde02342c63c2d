# Starts Grafana with a password for its administrator: yours from a file, or one that is made at the first start and
# kept beside its database. Show it: docker compose exec grafana cat /var/lib/grafana/admin-password
set -eu
own=/run/secrets/grafana-admin-password
kept=/var/lib/grafana/admin-password
umask 077
if [ -s "$own" ]; then
  tr -d '\r\n' <"$own" >"$kept.new"
  mv "$kept.new" "$kept"
elif [ ! -s "$kept" ]; then
  # Written beside it and renamed: a start that is cut off leaves no half of a password.
  head -c 18 /dev/urandom | base64 | tr -d '\n' >"$kept.new"
  mv "$kept.new" "$kept"
  echo "A password was made for $GF_SECURITY_ADMIN_USER: docker compose exec grafana cat $kept"
fi
exec "${GRAFANA_RUN:-/run.sh}"
