internal import Platform

/// How the pages look.
enum Stylesheet {
    static let path = "/style.css"

    static let answer = HTTPMessage(
        .response(status: 200, reason: "OK"),
        fields: [
            .init("Content-Type", "text/css; charset=utf-8"),
            .init("Cache-Control", "public, max-age=3600"),
            .init("X-Content-Type-Options", "nosniff"),
        ], body: Array(text.utf8))

    // Contrast is 4.5 to 1 at least, light and dark; what can be pressed is 44 pixels high.
    private static let text = """
        :root {
            color-scheme: light dark;
            --ground: #fbfbf9; --paper: #fff; --ink: #1c2024; --soft: #565d66; --line: #c9ced4;
            --deed: #0b5a4a; --on-deed: #fff; --fault: #a3121f; --fault-ground: #fdeeee;
            --done-ground: #e7f4ee;
        }
        @media (prefers-color-scheme: dark) {
            :root {
                --ground: #14171a; --paper: #1c2024; --ink: #eceff1; --soft: #a9b1ba; --line: #454d56;
                --deed: #6fd0b4; --on-deed: #0c2620; --fault: #ff9a9a; --fault-ground: #3a1c1f;
                --done-ground: #17352b;
            }
        }
        * { box-sizing: border-box; }
        body {
            margin: 0; background: var(--ground); color: var(--ink);
            font: 1rem/1.6 system-ui, "Noto Sans CJK JP", "Hiragino Sans", sans-serif;
        }
        header, main, footer { max-width: 60rem; margin: 0 auto; padding: 0 1.25rem; }
        header { padding-top: 1.25rem; }
        .issuer { margin: 0 0 .5rem; font-weight: 700; color: var(--deed); }
        nav { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem 1.25rem; border-bottom: 1px solid var(--line); }
        nav ul { display: flex; flex-wrap: wrap; gap: 0 1.25rem; list-style: none; margin: 0; padding: 0; }
        nav a { display: inline-block; padding: .6rem 0; color: var(--ink); text-decoration: none; }
        nav a:hover { text-decoration: underline; }
        nav a[aria-current] { font-weight: 700; box-shadow: inset 0 -3px var(--deed); }
        nav form { order: 2; }
        nav .account { margin: 0 0 0 auto; color: var(--soft); font-size: .875rem; overflow-wrap: anywhere; }
        p, dl, pre, .summary, .done { max-width: 44rem; }
        h1 { font-size: 1.5rem; line-height: 1.3; margin: 1.75rem 0 1rem; }
        h2 { font-size: 1.125rem; margin: 2.5rem 0 .5rem; }
        a { color: var(--deed); }
        footer { margin-top: 3rem; padding-bottom: 2rem; color: var(--soft); }
        footer a { display: inline-block; padding: .6rem 0; }
        .field { margin: 1.25rem 0; max-width: 26rem; }
        label { display: block; font-weight: 600; }
        .hint { margin: 0; color: var(--soft); font-size: .875rem; }
        .error { margin: 0; color: var(--fault); font-size: .9375rem; }
        .error::before { content: "⚠ " / ""; }
        input {
            width: 100%; min-height: 2.75rem; margin-top: .3rem; padding: .4rem .7rem; font: inherit;
            color: var(--ink); background: var(--paper); border: 1px solid var(--soft); border-radius: .375rem;
        }
        input[aria-invalid] { border: 2px solid var(--fault); }
        input.code { max-width: 14rem; font-size: 1.5rem; letter-spacing: .15em; font-variant-numeric: tabular-nums; }
        .check { display: flex; gap: .75rem; }
        .check input { flex: none; width: 1.5rem; height: 1.5rem; min-height: 0; margin: .1rem 0 0; accent-color: var(--deed); }
        .check label { min-height: 2.75rem; font-weight: 400; }
        .check + .hint { margin-left: 2.25rem; }
        main form + form { margin-top: .75rem; }
        button, .button {
            display: inline-block; min-height: 2.75rem; padding: .5rem 1.25rem; font: inherit; font-weight: 600;
            color: var(--on-deed); background: var(--deed); border: 1px solid var(--deed); border-radius: .375rem;
            text-decoration: none; cursor: pointer;
        }
        .quiet button, .button.quiet { color: var(--deed); background: transparent; }
        nav .quiet button { border: 0; padding: .5rem 0; font-weight: 400; color: var(--soft); }
        :focus-visible { outline: 3px solid var(--deed); outline-offset: 2px; }
        .summary, .done { padding: .75rem 1rem; border-left: 4px solid; }
        .summary { color: var(--fault); background: var(--fault-ground); }
        .summary p, .summary ul { margin: 0; }
        .summary a { color: inherit; }
        .done { background: var(--done-ground); border-color: var(--deed); }
        dl { margin: 1.25rem 0; }
        dl div { display: flex; flex-wrap: wrap; gap: 0 1rem; padding: .5rem 0; border-bottom: 1px solid var(--line); }
        dt { flex: 0 0 12rem; color: var(--soft); }
        dd { margin: 0; overflow-wrap: anywhere; }
        pre { padding: .75rem 1rem; background: var(--paper); border: 1px solid var(--line); border-radius: .375rem; white-space: pre-wrap; overflow-wrap: anywhere; }
        pre span { display: inline-block; max-width: 100%; }
        .search { display: flex; flex-wrap: wrap; align-items: end; gap: .5rem; }
        .search label { flex-basis: 100%; }
        .search input { flex: 1 1 12rem; max-width: 26rem; }
        table { width: 100%; border-collapse: collapse; font-size: .9375rem; }
        th, td { padding: .5rem .75rem .5rem 0; text-align: left; border-bottom: 1px solid var(--line); white-space: nowrap; }
        td:nth-child(2), td:nth-child(3) { white-space: normal; overflow-wrap: anywhere; }
        thead th { color: var(--soft); font-weight: 600; }
        tbody th { font-weight: 400; font-variant-numeric: tabular-nums; }
        .pages a { margin-right: 1rem; }
        @media (max-width: 40rem) {
            thead { display: none; }
            tr { display: block; padding: .5rem 0; border-bottom: 1px solid var(--line); }
            tbody th, td { display: block; padding: .1rem 0; border: 0; }
            td::before { content: attr(data-head) ": "; color: var(--soft); }
            dt { flex-basis: 100%; }
            nav .account { flex-basis: 100%; order: 3; margin: 0 0 .5rem; }
        }

        """
}
