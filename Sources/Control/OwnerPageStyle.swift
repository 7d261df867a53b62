// The style of the owner's page: the colours and the shapes of the sign-in pages, with room for tables.

enum OwnerPageStyle {
    static func text(accent: String) -> String {
        """
        :root{color-scheme:light dark;--accent:\(accent);--ground:#f5f4f1;--card:#fff;--ink:#1d1c1f;--quiet:#5d5a63;\
        --line:#e2dfd9;--field-line:#85818b;--problem:#a3211b;--soft:#f3f1ec}
        @media (prefers-color-scheme:dark){:root{--ground:#111216;--card:#1b1d22;--ink:#ecebe7;--quiet:#a8a6ad;\
        --line:#2d3037;--field-line:#777a84;--problem:#ff9d94;--soft:#24272d}}

        """ + rules
    }

    private static let rules = """
        *{box-sizing:border-box}
        body{margin:0;padding:2rem 1rem 4rem;background:var(--ground);color:var(--ink);\
        font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
        header,main{max-width:64rem;margin:0 auto}
        header{border-left:.25rem solid var(--accent);padding-left:.875rem;margin-bottom:1.5rem}
        h1{margin:0;font-size:1.375rem;line-height:1.25;letter-spacing:-.011em}
        header p{margin:.125rem 0 0;color:var(--quiet);font-size:.875rem;overflow-wrap:anywhere}
        section{margin:0 0 1rem;padding:1.25rem;border:1px solid var(--line);border-radius:1rem;background:var(--card)}
        h2{margin:0 0 .625rem;font-size:1.0625rem}
        p{margin:0}
        .problem{margin:.5rem 0 0;color:var(--problem)}
        .scroll{overflow-x:auto}
        table{width:100%;border-collapse:collapse;font-size:.9375rem;font-variant-numeric:tabular-nums}
        th{padding:.25rem 1rem .375rem 0;color:var(--quiet);font-size:.8125rem;font-weight:600;text-align:left}
        td{padding:.5rem 1rem .5rem 0;border-top:1px solid var(--line);vertical-align:middle;white-space:nowrap}
        td:last-child,th:last-child{padding-right:0}
        .agent{max-width:16rem;overflow:hidden;text-overflow:ellipsis;color:var(--quiet);font-size:.8125rem}
        form{margin:0;text-align:right}
        button{padding:.375rem .75rem;border:1px solid var(--field-line);border-radius:.5625rem;background:var(--card);\
        color:var(--ink);font:inherit;font-size:.875rem;font-weight:600;cursor:pointer}
        button:hover{background:var(--soft)}
        :focus-visible{outline:3px solid var(--accent);outline-offset:2px}

        """
}
