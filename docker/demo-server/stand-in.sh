# The demo server, unless there is a server to look at: then this container only keeps its place.
if [ -n "$MCP_UPSTREAM" ]; then
  echo "MCP_UPSTREAM is $MCP_UPSTREAM: no demo server is needed, this container sleeps."
  # As the first process of a container only what is asked for ends it.
  trap 'exit 0' TERM INT
  sleep infinity &
  wait
  exit 0
fi
echo "MCP_UPSTREAM is not set: a demo server with clients of its own stands in for yours."
echo "To look at your own: MCP_UPSTREAM=http://host.docker.internal:8000 docker compose up -d"
exec node /app/dist/main.js demo --serve 0.0.0.0:8000 --clients http://mcp-vitals:8080/mcp \
  --rate "$DEMO_RATE" ${DEMO_BREAK:+--break "$DEMO_BREAK"}
