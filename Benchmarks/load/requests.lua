-- What wrk sends and reports: a browser's request from a signed-in visitor, and one line of figures at the end.
-- BENCH_COOKIE is the session cookie; BENCH_DELAY_MS the pause before each request of a connection, 0 for none.

function init()
  wrk.headers["Cookie"] = "theme=dark; " .. os.getenv("BENCH_COOKIE") .. "; _app=1a2b3c4d5e6f"
  wrk.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
  wrk.headers["Accept"] = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
  wrk.headers["Accept-Language"] = "en-US,en;q=0.5"
  wrk.headers["Accept-Encoding"] = "gzip, deflate, br"
  wrk.headers["Sec-Fetch-Dest"] = "empty"
  wrk.headers["Sec-Fetch-Mode"] = "cors"
  wrk.headers["Sec-Fetch-Site"] = "same-origin"
  -- wrk asks for a pause only where the function exists.
  local milliseconds = tonumber(os.getenv("BENCH_DELAY_MS"))
  if milliseconds > 0 then
    delay = function() return milliseconds end
  end
end

function done(summary, latency, _)
  local errors = summary.errors
  print(string.format("RESULT %d %d %d %d", summary.requests, summary.bytes,
    errors.connect + errors.read + errors.write + errors.timeout + errors.status, latency:percentile(99)))
end
