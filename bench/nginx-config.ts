/** Ports and paths of one nginx. */
export interface NginxPlan {
  readonly directory: string;
  /** Calls: nginx as it comes, answers buffered. */
  readonly callsPort: number;
  /** Streams: `proxy_buffering off`. */
  readonly streamsPort: number;
  readonly upstreamPort: number;
  /** True if nginx starts as root: the worker then has to stay so to reach the directory. */
  readonly asRoot: boolean;
}

/** Configuration of nginx as a reverse proxy with one worker, keep-alive to the upstream and no access log. */
export function nginxConfig(plan: NginxPlan): string {
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `  ${name}_temp_path ${plan.directory}/${name};`)
    .join('\n');
  return `${plan.asRoot ? 'user root;\n' : ''}daemon off;
worker_processes 1;
worker_rlimit_nofile 20000;
pid ${plan.directory}/nginx.pid;
error_log ${plan.directory}/error.log crit;
events { worker_connections 16384; }
http {
${temp}
  access_log off;
  server_tokens off;
  keepalive_timeout 1h;
  keepalive_requests 100000000;
  client_body_buffer_size 64k;
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  proxy_set_header Host $http_host;
  proxy_read_timeout 1h;
  proxy_send_timeout 1h;
  upstream mcp {
    server 127.0.0.1:${plan.upstreamPort};
    keepalive 256;
    keepalive_timeout 1h;
    keepalive_requests 100000000;
  }
  server {
    listen 127.0.0.1:${plan.callsPort} backlog=4096;
    location / { proxy_pass http://mcp; }
  }
  server {
    listen 127.0.0.1:${plan.streamsPort} backlog=4096;
    location / { proxy_pass http://mcp; proxy_buffering off; }
  }
}
`;
}
