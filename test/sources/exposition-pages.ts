/** What the text format can hold, and a few metrics of a server. */
export const textPage = String.raw`# HELP odd Oddities
# TYPE odd gauge
odd{kind="escapes",v="a\\b\"c\nd"} 1
odd{kind="unicode",v="größe 🐘"} 2
odd{kind="punctuation",v="{x},#=y "} 3
odd { kind = "blanks" , v = "" , }	4
odd{kind="small"} 1.5e-07
odd{kind="huge"} 1.7976931348623157e+308
odd{kind="infinite"} +Inf
odd{kind="minus"} -Inf
odd{kind="nan"} NaN
odd 7

# TYPE cache_total counter
cache_total{result="hit",node="a"} 30
cache_total{result="hit",node="b"} 45
cache_total{result="miss",node="a"} 25
pool_in_use 5
pool_most 20
# TYPE took histogram
took_bucket{le="0.5"} 1
took_bucket{le="+Inf"} 3
took_sum 4.5
took_count 3
`;

/** What OpenMetrics can hold beside it. */
export const openPage = `# TYPE calls counter
# HELP calls Calls with "quotes" and \\n
calls_total{tool="echo"} 17 # {trace_id="4bf9\\"}"} 0.67 1700000000.125
calls_created{tool="echo"} 1.7e9
# TYPE size histogram
size_bucket{le="1.0"} 2 # {} 0.5
size_bucket{le="+Inf"} 3 # {a="b",c="d"} 12
size_count 3
size_sum 13.5
# TYPE state stateset
state{state="on"} 1
state{state="off"} 0
# TYPE build info
build_info{version="1.0"} 1
# EOF
`;
