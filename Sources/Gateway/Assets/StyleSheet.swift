import GateModel

// The style sheet of our pages: one card on quiet ground, light and dark, a phone first.

enum StyleSheet {
    private static let lightCard = AccentColor(red: 0xff, green: 0xff, blue: 0xff)
    private static let darkCard = AccentColor(red: 0x1b, green: 0x1d, blue: 0x22)

    static func text(_ accent: AccentColor) -> String {
        """
        :root{color-scheme:light dark;--accent:\(accent.css);--on-accent:\(accent.text);\
        --edge:\(accent.edge(on: lightCard, fallback: "#7c7a85"));\(light)}
        @media (prefers-color-scheme:dark){:root{--edge:\(accent.edge(on: darkCard, fallback: "#7f828c"));\(dark)}}

        """ + rules
    }

    private static let light =
        "--ground:#f5f4f1;--card:#fff;--ink:#1d1c1f;--quiet:#5d5a63;--line:#e2dfd9;--field:#fff;--field-line:#85818b;"
        + "--problem:#a3211b;--soft:#f3f1ec;--shade:0 1px 2px rgb(29 28 31/.05),0 18px 40px -18px rgb(29 28 31/.18)"

    private static let dark =
        "--ground:#111216;--card:#1b1d22;--ink:#ecebe7;--quiet:#a8a6ad;--line:#2d3037;--field:#131519;"
        + "--field-line:#777a84;--problem:#ff9d94;--soft:#24272d;--shade:0 18px 40px -18px rgb(0 0 0/.6)"

    private static let rules = """
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
        body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",\
        Roboto,"Helvetica Neue",Arial,sans-serif;-webkit-font-smoothing:antialiased;overflow-wrap:anywhere}
        .page{min-height:100vh;min-height:100svh;display:flex;flex-direction:column;align-items:center;\
        padding:max(2.5rem,11vh) 1rem 2.5rem;position:relative;isolation:isolate}
        .page::before{content:"";position:absolute;inset:0 0 auto;height:22rem;z-index:-1;opacity:.16;\
        background:radial-gradient(60rem 22rem at 50% 0,var(--accent),transparent 70%)}
        .brand{display:flex;align-items:center;gap:.75rem;margin:0 0 1.75rem;font-size:1.125rem;line-height:1.3;font-weight:600;\
        letter-spacing:-.01em}
        .mark{display:block;flex:none}
        .mark rect{fill:var(--accent);stroke:var(--edge)}
        .mark path{fill:none;stroke:var(--on-accent);stroke-width:3.2;stroke-linecap:round;stroke-linejoin:round}
        .logo{display:block;height:44px;max-width:12rem;width:auto}
        .card{width:100%;max-width:25.5rem;background:var(--card);border:1px solid var(--line);border-radius:1.125rem;\
        padding:1.75rem 1.5rem;box-shadow:var(--shade)}
        .card>:last-child{margin-bottom:0}
        h1{margin:0 0 .625rem;font-size:1.5rem;line-height:1.25;font-weight:650;letter-spacing:-.02em;text-wrap:balance}
        p{margin:0 0 1.25rem}
        form{margin:0}
        label{display:block;margin:0 0 .375rem;font-size:.9375rem;font-weight:550}
        input,button,.button{font:inherit;width:100%;min-height:3rem;border-radius:.6875rem}
        input{display:block;padding:.625rem .875rem;color:inherit;background:var(--field);\
        border:1px solid var(--field-line)}
        input::placeholder{color:var(--quiet);opacity:.85}
        input[aria-invalid]{border-color:var(--problem)}
        .code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:1.125rem;\
        letter-spacing:.16em;text-align:center;text-transform:uppercase}
        button,.button{display:block;margin:.875rem 0 0;padding:.75rem 1rem;font-weight:600;line-height:1.4;\
        text-align:center;text-decoration:none;cursor:pointer;color:var(--on-accent);background:var(--accent);\
        border:1px solid var(--edge);transition:filter .12s}
        button:hover,.button:hover{filter:brightness(.92)}
        .second{color:var(--ink);background:transparent;border-color:var(--field-line)}
        .second:hover{background:var(--soft);filter:none}
        button[aria-busy]{opacity:.65;cursor:progress}
        :focus-visible{outline:2px solid var(--ink);outline-offset:2px}
        input:focus-visible{outline-offset:-1px}
        a{color:inherit;text-underline-offset:.2em}
        .apart{margin-top:1.5rem;padding-top:1.5rem;border-top:1px solid var(--line)}
        .who{margin-top:1rem;padding:.75rem .875rem;border-radius:.6875rem;background:var(--soft);font-weight:600}
        .notice{padding:.625rem .875rem;border-radius:.6875rem;background:var(--soft);font-size:.9375rem}
        .problem{margin:.5rem 0 0;color:var(--problem);font-size:.9375rem}
        .quiet{margin:1.25rem 0 0;color:var(--quiet);font-size:.875rem}
        .code-word{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.75rem}
        .picture{display:block;margin:0 0 1rem}
        .picture *{fill:none;stroke:var(--ink);stroke-width:2.4;stroke-linecap:round;stroke-linejoin:round}
        .hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
        .chain{display:flex;list-style:none;margin:1.5rem -.75rem;padding:0;overflow-wrap:normal;font-size:.8125rem;font-weight:550}
        .chain li{flex:1;position:relative;text-align:center;color:var(--quiet)}
        .chain li+li::before{content:"";position:absolute;top:.9375rem;right:calc(50% + 1.375rem);\
        left:calc(-50% + 1.375rem);border-top:2px solid var(--line)}
        .dot{display:grid;place-items:center;width:2rem;height:2rem;margin:0 auto .375rem;border-radius:50%;\
        border:1.5px solid var(--field-line);background:var(--card)}
        .dot path{fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}
        .good .dot{color:var(--card);background:var(--ink);border-color:var(--ink)}
        .chain .good{color:var(--ink)}
        .chain .good+.good::before{border-color:var(--ink)}
        .chain .broken{color:var(--problem);font-weight:650}
        .broken .dot{border-color:var(--problem)}
        .chain .broken::before,.chain .unknown::before{border-top-style:dashed}
        .waiting{display:flex;align-items:center;gap:.75rem;padding:.75rem .875rem;border-radius:.6875rem;\
        background:var(--soft);font-variant-numeric:tabular-nums}
        .pulse{flex:none;width:.625rem;height:.625rem;border-radius:50%;background:var(--edge);\
        animation:pulse 1.6s ease-in-out infinite}
        @keyframes pulse{50%{opacity:.25}}
        @media (min-width:30rem){.card{padding:2.25rem 2.125rem}}
        @media (prefers-reduced-motion:reduce){*{animation:none!important;transition:none!important}}
        @media (forced-colors:active){.mark rect{forced-color-adjust:none}}

        """
}
