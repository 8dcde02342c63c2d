# Starts Grafana with a password for its administrator: yours from a file, or one that is made at the first start and
# kept beside its database. Show it: docker compose exec grafana cat /var/lib/grafana/admin-password
# Where the sidecar sends traces, their store becomes a source of data.
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
if [ -n "${OTEL_EXPORTER_OTLP_ENDPOINT:-}" ]; then
  rm -rf /tmp/provisioning
  cp -R /etc/grafana/provisioning /tmp/provisioning
  cp /opt/grafana/traces.yaml /tmp/provisioning/datasources/
  export GF_PATHS_PROVISIONING=/tmp/provisioning
fi
exec "${GRAFANA_RUN:-/run.sh}"
