/// The page in the language of Mustache (mustache(5)).
///
/// Tables have the roles that they have anyway: on a narrow screen their parts are blocks, which browsers take for no table.
enum PageTemplate {
    static let text = #"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="noindex">
        {{#refresh}}<meta http-equiv="refresh" content="{{.}}">
        {{/refresh}}
        <title>iam-broker: {{verdict}}</title>
        <style>{{style}}</style>
        </head>
        <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header>
        <h1>iam-broker</h1>
        <p>Version {{version}}, as of <time datetime="{{now}}">{{now}}</time></p>
        </header>
        <nav aria-label="Page">
        <ul>
        <li><a href="#profiles">Profiles</a></li>
        <li><a href="#activity">Activity</a></li>
        <li><a href="#denials">Denials</a></li>
        {{#hasRotations}}<li><a href="#rotations">Rotations</a></li>
        {{/hasRotations}}
        {{#hasFleet}}<li><a href="#fleet">Fleet</a></li>
        {{/hasFleet}}
        <li><a href="#keys">Keys</a></li>
        <li><a href="#configuration">Configuration</a></li>
        {{#refresh}}<li><a href="/">Stop asking again every {{.}} seconds</a></li>
        {{/refresh}}
        {{^refresh}}<li><a href="/">Ask again</a></li>
        <li><a href="/?refresh=30">Ask again every 30 seconds</a></li>
        {{/refresh}}
        </ul>
        </nav>
        <main id="main" tabindex="-1">
        <section class="health {{verdict}}" aria-labelledby="health">
        <h2 id="health">Health</h2>
        <p>{{verdictWords}}</p>
        {{#hasFindings}}
        <ul class="findings">
        {{#findings}}
        <li>
        <p><span class="word {{severity}}">{{severity}}</span> {{about}}: {{message}}</p>
        {{#hasCommands}}
        <ol class="commands" aria-label="What to type">
        {{#commands}}<li><code>{{command}}</code></li>
        {{/commands}}
        </ol>
        {{/hasCommands}}
        </li>
        {{/findings}}
        </ul>
        {{/hasFindings}}
        </section>
        <section aria-labelledby="profiles">
        <h2 id="profiles">Profiles</h2>
        <table role="table">
        <caption>How much of each token's life remains, and when the broker renews it: at the mark</caption>
        <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Profile</th><th role="columnheader" scope="col">State</th><th role="columnheader" scope="col" class="life">Life</th><th role="columnheader" scope="col">Ends in</th><th role="columnheader" scope="col">Next refresh</th></tr></thead>
        <tbody role="rowgroup">
        {{#profiles}}
        <tr role="row">
        <th role="rowheader" scope="row">{{name}}</th>
        <td role="cell" data-label="State"><span class="word {{state}}">{{state}}</span></td>
        <td role="cell">{{#hasToken}}<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="{{label}}"><rect class="track" width="100" height="10"/><rect class="fill" width="{{left}}" height="10"/>{{#mark}}<rect class="mark" x="{{.}}" width="1" height="10"/>{{/mark}}</svg>{{/hasToken}}{{#error}}<p class="error">{{.}}</p>{{/error}}</td>
        <td role="cell" data-label="Ends in" class="span">{{expiresIn}}</td>
        <td role="cell" data-label="Next refresh" class="span">{{next}}</td>
        </tr>
        {{/profiles}}
        </tbody>
        </table>
        </section>
        <section aria-labelledby="activity">
        <h2 id="activity">Activity</h2>
        <div class="charts">
        <figure>
        <figcaption>Tokens: {{releasedWords}}</figcaption>
        <svg class="chart" viewBox="0 0 720 100" preserveAspectRatio="none" role="img" aria-label="Tokens, minute by minute: {{releasedWords}}">{{#releasedBars}}<rect class="fill" x="{{x}}" y="{{y}}" width="5" height="{{height}}"/>{{/releasedBars}}</svg>
        <p class="ends"><span>two hours ago</span><span>{{chartEnd}} UTC</span></p>
        </figure>
        <figure>
        <figcaption>Requests: {{refusedWords}}</figcaption>
        <svg class="chart" viewBox="0 0 720 100" preserveAspectRatio="none" role="img" aria-label="Requests, minute by minute: {{refusedWords}}">{{#refusedBars}}<rect class="refused" x="{{x}}" y="{{y}}" width="5" height="{{height}}"/>{{/refusedBars}}</svg>
        <p class="ends"><span>two hours ago</span><span>{{chartEnd}} UTC</span></p>
        </figure>
        </div>
        <details>
        <summary>The same in numbers</summary>
        <table role="table">
        <caption>Ten minutes a row, in UTC; those without anything are left out</caption>
        <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">From</th><th role="columnheader" scope="col" class="number">Handed out</th><th role="columnheader" scope="col" class="number">Refused</th></tr></thead>
        <tbody role="rowgroup">
        {{#spans}}<tr role="row"><th role="rowheader" scope="row">{{from}}</th><td role="cell" data-label="Handed out" class="number">{{released}}</td><td role="cell" data-label="Refused" class="number">{{refused}}</td></tr>
        {{/spans}}
        </tbody>
        </table>
        </details>
        <h3 id="outcomes">What requests for tokens came to</h3>
        <table role="table" aria-labelledby="outcomes">
        <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Profile</th><th role="columnheader" scope="col" class="number">Handed out</th><th role="columnheader" scope="col" class="number">Denied</th><th role="columnheader" scope="col" class="number">Too often</th><th role="columnheader" scope="col" class="number">Not attested</th><th role="columnheader" scope="col" class="number">Locked</th><th role="columnheader" scope="col" class="number">No token</th></tr></thead>
        <tbody role="rowgroup">
        {{#outcomes}}<tr role="row"><th role="rowheader" scope="row">{{name}}</th><td role="cell" data-label="Handed out" class="number">{{released}}</td><td role="cell" data-label="Denied" class="number">{{denied}}</td><td role="cell" data-label="Too often" class="number">{{limited}}</td><td role="cell" data-label="Not attested" class="number">{{unattested}}</td><td role="cell" data-label="Locked" class="number">{{locked}}</td><td role="cell" data-label="No token" class="number">{{unavailable}}</td></tr>
        {{/outcomes}}
        </tbody>
        </table>
        <h3 id="workloads">Who takes tokens</h3>
        {{#hasWorkloads}}
        <table role="table" aria-labelledby="workloads">
        <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Workload</th><th role="columnheader" scope="col">Known by</th><th role="columnheader" scope="col">User ID</th><th role="columnheader" scope="col">Profile</th><th role="columnheader" scope="col" class="number">Tokens</th></tr></thead>
        <tbody role="rowgroup">
        {{#workloads}}<tr role="row"><th role="rowheader" scope="row">{{who}}</th><td role="cell" data-label="Known by">{{kind}}</td><td role="cell" data-label="User ID">{{uid}}</td><td role="cell" data-label="Profile" class="any">{{profile}}</td><td role="cell" data-label="Tokens" class="number">{{released}}</td></tr>
        {{/workloads}}
        </tbody>
        </table>
        {{/hasWorkloads}}
        {{^hasWorkloads}}<p class="soft">Nobody has taken a token since the daemon started.</p>
        {{/hasWorkloads}}
        {{#moreWorkloads}}<p class="soft">{{.}}</p>
        {{/moreWorkloads}}
        </section>
        <section aria-labelledby="denials">
        <h2 id="denials">Last denials</h2>
        {{#hasDenials}}
        <table role="table" aria-labelledby="denials">
        <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Who</th><th role="columnheader" scope="col">Wanted</th><th role="columnheader" scope="col">Why not</th><th role="columnheader" scope="col">Last</th><th role="columnheader" scope="col" class="number">Times</th><th role="columnheader" scope="col">More</th></tr></thead>
        <tbody role="rowgroup">
        {{#denials}}<tr role="row"><th role="rowheader" scope="row">{{who}}</th><td role="cell" data-label="Wanted" class="any">{{profile}}</td><td role="cell" data-label="Why not" class="any">{{message}}</td><td role="cell" data-label="Last" class="span">{{ago}}</td><td role="cell" data-label="Times" class="number">{{count}}</td><td role="cell"><code>iam-broker explain {{decision}}</code></td></tr>
        {{/denials}}
        </tbody>
        </table>
        {{/hasDenials}}
        {{^hasDenials}}<p class="soft">Nobody was refused within the last hour.</p>
        {{/hasDenials}}
        </section>
        {{#hasRotations}}
        <section aria-labelledby="rotations">
        <h2 id="rotations">Rotations</h2>
        {{#rotations}}
        <h3>{{name}}: <span class="word {{state}}">{{state}}</span></h3>
        <p class="soft">{{kind}}, by profile {{profile}}</p>
        {{#reason}}<p class="error">{{.}}</p>
        {{/reason}}
        {{#isRotating}}
        <ol class="steps" aria-label="Phases of the rotation">
        {{#phases}}<li class="{{state}}"{{#isNow}} aria-current="step"{{/isNow}}>{{name}}</li>
        {{/phases}}
        </ol>
        {{/isRotating}}
        <dl>
        {{#facts}}<dt>{{name}}</dt><dd>{{value}}</dd>
        {{/facts}}
        </dl>
        {{/rotations}}
        </section>
        {{/hasRotations}}
        {{#hasFleet}}
        <section aria-labelledby="fleet">
        <h2 id="fleet">{{fleetTitle}}</h2>
        {{#fleetTrouble}}<p class="error">{{.}}</p>
        {{/fleetTrouble}}
        {{#isFleetRead}}
        <p class="soft">seen from {{fleetNode}}</p>
        <h3 id="nodes">Nodes</h3>
        <table role="table" aria-labelledby="nodes">
        <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Node</th><th role="columnheader" scope="col">State</th><th role="columnheader" scope="col">Version</th><th role="columnheader" scope="col">Up</th><th role="columnheader" scope="col">Last seen</th></tr></thead>
        <tbody role="rowgroup">
        {{#nodes}}<tr role="row"><th role="rowheader" scope="row">{{name}}</th><td role="cell" data-label="State"><span class="word {{state}}">{{state}}</span></td><td role="cell" data-label="Version">{{version}}</td><td role="cell" data-label="Up" class="span">{{up}}</td><td role="cell" data-label="Last seen" class="span">{{seen}}</td></tr>
        {{/nodes}}
        </tbody>
        </table>
        {{#hasFleetPlans}}
        <h3 id="fleet-plans">Who carries out which plan, and who has its key</h3>
        <table role="table" aria-labelledby="fleet-plans">
        <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Plan</th><th role="columnheader" scope="col">Leader</th><th role="columnheader" scope="col" class="number">Term</th><th role="columnheader" scope="col">Phase</th><th role="columnheader" scope="col" class="number">Current</th><th role="columnheader" scope="col">Behind</th><th role="columnheader" scope="col">Vanished</th></tr></thead>
        <tbody role="rowgroup">
        {{#fleetPlans}}<tr role="row"><th role="rowheader" scope="row">{{name}}</th><td role="cell" data-label="Leader" class="any">{{leader}}</td><td role="cell" data-label="Term" class="number">{{term}}</td><td role="cell" data-label="Phase">{{phase}}</td><td role="cell" data-label="Current" class="number">{{current}}</td><td role="cell" data-label="Behind" class="any">{{behind}}</td><td role="cell" data-label="Vanished" class="any">{{vanished}}</td></tr>
        {{/fleetPlans}}
        </tbody>
        </table>
        {{/hasFleetPlans}}
        {{/isFleetRead}}
        </section>
        {{/hasFleet}}
        <section aria-labelledby="keys">
        <h2 id="keys">Signing keys of IAM</h2>
        {{#hasKeys}}
        <table role="table" aria-labelledby="keys">
        <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Key ID</th><th role="columnheader" scope="col">State</th><th role="columnheader" scope="col">First seen</th><th role="columnheader" scope="col">Last seen</th><th role="columnheader" scope="col">Last token ends</th></tr></thead>
        <tbody role="rowgroup">
        {{#keys}}<tr role="row"><th role="rowheader" scope="row">{{id}}</th><td role="cell" data-label="State"><span class="word {{state}}">{{state}}</span></td><td role="cell" data-label="First seen" class="span">{{first}}</td><td role="cell" data-label="Last seen" class="span">{{last}}</td><td role="cell" data-label="Last token ends" class="span">{{ends}}</td></tr>
        {{/keys}}
        </tbody>
        </table>
        {{/hasKeys}}
        {{^hasKeys}}<p class="soft">None was fetched yet.</p>
        {{/hasKeys}}
        </section>
        {{#hasSinks}}
        <section aria-labelledby="sinks">
        <h2 id="sinks">Files with tokens</h2>
        <table role="table" aria-labelledby="sinks">
        <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Sink</th><th role="columnheader" scope="col">State</th><th role="columnheader" scope="col">Profile</th><th role="columnheader" scope="col">Token ends</th><th role="columnheader" scope="col">File</th></tr></thead>
        <tbody role="rowgroup">
        {{#sinks}}<tr role="row"><th role="rowheader" scope="row">{{name}}</th><td role="cell" data-label="State"><span class="word {{state}}">{{state}}</span></td><td role="cell" data-label="Profile" class="any">{{profile}}</td><td role="cell" data-label="Token ends" class="span">{{expires}}</td><td role="cell" data-label="File" class="any">{{path}}{{#error}}<p class="error">{{.}}</p>{{/error}}</td></tr>
        {{/sinks}}
        </tbody>
        </table>
        </section>
        {{/hasSinks}}
        {{#hasCertificates}}
        <section aria-labelledby="certificates">
        <h2 id="certificates">Certificates</h2>
        <table role="table" aria-labelledby="certificates">
        <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Name</th><th role="columnheader" scope="col">State</th><th role="columnheader" scope="col">Ends</th><th role="columnheader" scope="col">Next attempt</th><th role="columnheader" scope="col">Serial</th></tr></thead>
        <tbody role="rowgroup">
        {{#certificates}}<tr role="row"><th role="rowheader" scope="row">{{name}}</th><td role="cell" data-label="State"><span class="word {{state}}">{{state}}</span></td><td role="cell" data-label="Ends" class="span">{{expires}}</td><td role="cell" data-label="Next attempt" class="span">{{next}}</td><td role="cell" data-label="Serial" class="any">{{serial}}{{#error}}<p class="error">{{.}}</p>{{/error}}</td></tr>
        {{/certificates}}
        </tbody>
        </table>
        </section>
        {{/hasCertificates}}
        <section aria-labelledby="configuration">
        <h2 id="configuration">Configuration</h2>
        {{#configuration}}
        <h3>{{title}}</h3>
        <dl>
        {{#entries}}<dt>{{name}}</dt><dd>{{value}}</dd>
        {{/entries}}
        </dl>
        {{/configuration}}
        </section>
        </main>
        <footer><p>Read only: nothing can be changed here. The same in a terminal: <code>iam-broker status</code> and <code>iam-broker top</code>.</p></footer>
        </body>
        </html>

        """#
}
