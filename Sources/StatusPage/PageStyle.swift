/// How the page looks: in the dark and by day, on a phone and on a desk.
///
/// Texts have a contrast of 4.5 to 1 at least, marks one of 3 to 1 (WCAG 2.2, 1.4.3 and 1.4.11).
enum PageStyle {
    static let text = """
        :root {
          color-scheme: light dark;
          --back: #f6f7f9; --card: #ffffff; --text: #1b2330; --soft: #4d5868; --line: #d3d9e2; --link: #0b57b8;
          --good: #157347; --warn: #8a5a00; --bad: #b42318; --fill: #2a78d6; --track: #d9e0ea; --code: #edf0f5;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --back: #10151d; --card: #18202b; --text: #e8ecf2; --soft: #aab4c3; --line: #2f3a49; --link: #8ab8ff;
            --good: #5fd196; --warn: #f0b94d; --bad: #ff8a7d; --fill: #5a9df0; --track: #354355; --code: #222c3a;
          }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--back); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
        header, main, footer { max-width: 72rem; margin: 0 auto; padding: 0 1rem; }
        header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1.5rem; padding-top: 1rem; }
        header p { margin: 0; color: var(--soft); overflow-wrap: anywhere; }
        h3 { overflow-wrap: anywhere; }
        h1 { font-size: 1.4rem; margin: 0; }
        h2 { font-size: 1.1rem; margin: 0 0 .75rem; }
        h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
        nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; margin: .5rem 0 1rem; padding: 0; }
        nav { max-width: 72rem; margin: 0 auto; padding: 0 1rem; }
        a { color: var(--link); }
        nav a { display: inline-block; padding: .25rem 0; }
        :focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
        .skip { position: absolute; left: 1rem; top: -4rem; background: var(--card); padding: .5rem 1rem; }
        .skip:focus { top: .5rem; }
        section { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; margin: 0 0 1rem; }
        .health { border-left-width: .4rem; }
        .health.ok { border-left-color: var(--good); }
        .health.degraded { border-left-color: var(--warn); }
        .health.failing { border-left-color: var(--bad); }
        .health > p { font-size: 1.15rem; font-weight: 600; margin: 0; }
        .findings { list-style: none; margin: .75rem 0 0; padding: 0; }
        .findings li { margin: 0 0 .75rem; overflow-wrap: anywhere; }
        .findings p { margin: 0; }
        .word { font-weight: 600; }
        .failing .word, .word.failing, .word.halted, .word.expired, .word.unknown, .word.withdrawn { color: var(--bad); }
        .word.degraded, .word.stale, .word.locked, .word.paused, .word.kept, .word.denied { color: var(--warn); }
        .word.fresh, .word.written, .word.ok, .word.published { color: var(--good); }
        .word.note, .word.absent, .word.waiting { color: var(--soft); }
        code { background: var(--code); border-radius: .25rem; padding: .1rem .35rem; font-size: .9rem; overflow-wrap: anywhere; }
        .commands { margin: .25rem 0 0; padding: 0; list-style: none; display: flex; flex-wrap: wrap; gap: .25rem .5rem; }
        .commands li { margin: 0; }
        table { border-collapse: collapse; width: 100%; }
        caption { text-align: left; color: var(--soft); padding-bottom: .5rem; }
        th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-top: 1px solid var(--line); }
        tbody th, .any, .error { overflow-wrap: anywhere; }
        .any { min-width: 7rem; }
        thead th { border-top: 0; color: var(--soft); font-weight: 600; font-size: .875rem; }
        td .word, td code, .span { white-space: nowrap; }
        .number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
        td p { margin: 0; }
        .error { color: var(--bad); font-size: .875rem; }
        .soft { color: var(--soft); }
        .bar { display: block; width: 100%; min-width: 8rem; height: .9rem; }
        .track { fill: var(--track); }
        .fill { fill: var(--fill); }
        .mark { fill: var(--text); }
        .life { width: 34%; }
        .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(18rem, 100%), 1fr)); gap: 1rem; }
        figure { margin: 0; }
        figcaption { color: var(--text); margin-bottom: .25rem; }
        .chart { display: block; width: 100%; height: 7rem; background: var(--code); border-radius: .25rem; }
        .chart .refused { fill: var(--bad); }
        .ends { display: flex; justify-content: space-between; color: var(--soft); font-size: .875rem; margin: .1rem 0 0; }
        summary { cursor: pointer; padding: .35rem 0; }
        .steps { display: flex; flex-wrap: wrap; gap: .35rem; list-style: none; padding: 0; margin: .5rem 0; }
        .steps li { border: 1px solid var(--line); border-radius: 1rem; padding: .1rem .75rem; font-size: .9rem; color: var(--soft); }
        .steps .done { border-color: var(--good); color: var(--good); }
        .steps .now { background: var(--fill); border-color: var(--fill); color: var(--card); font-weight: 600; }
        dl { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: .15rem 1rem; margin: 0; }
        dt { color: var(--soft); }
        dd { margin: 0; overflow-wrap: anywhere; }
        footer { color: var(--soft); padding-bottom: 2rem; font-size: .875rem; }
        @media (max-width: 44rem) {
          table, tbody, tr, td, tbody th { display: block; }
          thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
          caption { display: block; }
          tr { border-top: 1px solid var(--line); padding: .5rem 0; }
          td, tbody th { border: 0; padding: .1rem 0; }
          td[data-label]::before { content: attr(data-label) ": "; color: var(--soft); }
          .number { text-align: left; }
          td code { white-space: normal; }
          .life { width: auto; }
          dl { grid-template-columns: 1fr; }
          dd { margin-bottom: .5rem; }
        }
        @media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
        """
}
