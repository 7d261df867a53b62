// The style and the script of the demo page, as files of their own so that it needs no inline code.

extension DemoPage {
    static let style = """
        :root { --ground: #f6f5f1; --card: #fff; --ink: #22252b; --soft: #646a75; --line: #e2e0d8; --accent: #2f6f5e; --accent-ink: #fff; --bad: #b3452e; }
        @media (prefers-color-scheme: dark) {
          :root { --ground: #16181c; --card: #1f2227; --ink: #e8e8e4; --soft: #9aa1ac; --line: #31353c; --accent: #6fc3ab; --accent-ink: #10211c; --bad: #ea8770; }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
        main { max-width: 60rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); }
        h1, .lead, .wide { grid-column: 1 / -1; }
        h1 { margin: 0; font-size: 1.9rem; letter-spacing: -0.02em; }
        .lead { margin: 0 0 0.75rem; color: var(--soft); }
        section { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.1rem 1.25rem; min-width: 0; }
        h2 { margin: 0 0 0.5rem; font-size: 0.8rem; font-weight: 600; letter-spacing: 0.06em; text-transform: uppercase; color: var(--soft); }
        p { margin: 0 0 0.6rem; }
        .name { font-size: 1.4rem; font-weight: 600; overflow-wrap: anywhere; }
        .big { font-size: 2.6rem; font-weight: 600; line-height: 1.1; font-variant-numeric: tabular-nums; }
        .dot { display: inline-block; width: 0.6em; height: 0.6em; margin-right: 0.45em; border-radius: 50%; background: var(--soft); }
        .dot.on { background: var(--accent); }
        .dot.off { background: var(--bad); }
        form { display: flex; flex-wrap: wrap; gap: 0.5rem; margin: 0 0 0.6rem; }
        input { flex: 1 1 10rem; min-width: 0; padding: 0.5rem 0.7rem; font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--line); border-radius: 8px; }
        button, .button { padding: 0.5rem 1rem; font: inherit; font-weight: 600; color: var(--accent-ink); background: var(--accent); border: 0; border-radius: 8px; text-decoration: none; display: inline-block; cursor: pointer; }
        button.link { padding: 0; color: inherit; background: none; text-decoration: underline; font-weight: inherit; }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
        ol { margin: 0; padding: 0; list-style: none; font-size: 0.9rem; color: var(--soft); }
        pre { margin: 0; overflow: auto; font-size: 0.85rem; }

        """

    static let script = #"""
        "use strict";
        const at = (id) => document.getElementById(id);
        const show = (name, isOn, text) => {
          at(name + "-dot").className = "dot " + (isOn ? "on" : "off");
          at(name + "-state").textContent = text;
        };

        const events = new EventSource("/events");
        let lastEvent = 0, longestPause = 0;
        events.onmessage = (event) => {
          const now = performance.now();
          if (lastEvent) longestPause = Math.max(longestPause, now - lastEvent);
          lastEvent = now;
          at("tick").textContent = JSON.parse(event.data).tick;
          at("tick-gap").textContent = "Longest pause between two events: " + Math.round(longestPause) + " ms";
          show("tick", true, "live");
        };
        events.onerror = () => {
          show("tick", false, "interrupted, trying again");
          // A browser gives up for good when the answer is no stream; this page does not.
          if (events.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 2000);
        };

        let count = { answered: 0, failed: 0, slowest: 0 };
        let lastAnswer = 0;
        const ping = async () => {
          const isHidden = document.hidden;
          let isAnswered = false;
          try {
            isAnswered = (await fetch("/ping", { cache: "no-store" })).ok;
          } catch {}
          const now = performance.now();
          if (isAnswered) {
            // Timers of a page in the background are slowed down: that is no gap.
            if (lastAnswer && !isHidden) count.slowest = Math.max(count.slowest, now - lastAnswer);
            lastAnswer = isHidden ? 0 : now;
            count.answered += 1;
          } else {
            count.failed += 1;
          }
          at("gap").textContent = Math.round(count.slowest) + " ms";
          show("gap", isAnswered, count.answered + " answered, " + count.failed + " failed");
          setTimeout(ping, 100);
        };
        ping();
        at("gap-reset").onclick = () => { count = { answered: 0, failed: 0, slowest: 0 }; lastAnswer = 0; longestPause = 0; };

        let socket;
        const connect = () => {
          socket = new WebSocket((location.protocol === "https:" ? "wss://" : "ws://") + location.host + "/ws");
          socket.onopen = () => { show("echo", true, "open"); socket.send("opened"); };
          socket.onclose = () => { show("echo", false, "closed, trying again"); setTimeout(connect, 1000); };
          socket.onmessage = (event) => {
            const line = document.createElement("li");
            line.textContent = "← " + event.data;
            at("echo-log").prepend(line);
            while (at("echo-log").children.length > 5) at("echo-log").lastChild.remove();
          };
        };
        connect();
        at("echo-form").onsubmit = (event) => {
          event.preventDefault();
          if (socket.readyState === WebSocket.OPEN) socket.send(at("echo-text").value);
        };

        at("upload-form").onsubmit = async (event) => {
          event.preventDefault();
          const file = at("upload-file").files[0];
          if (!file) { at("upload-state").textContent = "Choose a file first."; return; }
          at("upload-state").textContent = "Uploading " + file.name + " …";
          try {
            const answer = await fetch("/upload", { method: "POST", body: file });
            const result = await answer.json();
            at("upload-state").textContent = result.bytes + " bytes arrived, SHA-256 " + result.sha256;
          } catch (error) {
            at("upload-state").textContent = "The upload did not arrive: " + error.message;
          }
        };

        fetch("/whoami").then((answer) => answer.text()).then((text) => { at("whoami").textContent = text; });

        """#
}
