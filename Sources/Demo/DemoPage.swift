import GateModel
internal import NIOHTTP1

/// The page of the demo app: who you are, and a stream, a socket, an upload and a download to see pass.
enum DemoPage {
    static func html(for head: HTTPRequestHead) -> String {
        let user = head.headers.first(name: "x-runegate-user")
        let who =
            if let user {
                """
                <p class="name">\(HTMLText.escaped(user))</p>
                <p>Runegate vouches for you: the app got this address in <code>X-Runegate-User</code>.</p>
                <form method="post" action="/.runegate/logout"><button>Sign out</button></form>
                """
            } else {
                """
                <p class="name">Nobody in particular</p>
                <p>No identity header came with this request: you talk to the app without the gateway.</p>
                """
            }
        return template.replacing("{{who}}", with: who)
    }

    private static let template = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Demo app</title>
        <link rel="stylesheet" href="/demo.css">
        <link rel="icon" href="data:,">
        <script src="/demo.js" defer></script>
        </head>
        <body>
        <main>
        <h1>The demo app</h1>
        <p class="lead">It stands in for your app on the private machine.</p>
        <section class="wide"><h2>You</h2>{{who}}</section>
        <section><h2>Requests</h2>
        <p class="big" id="gap" aria-live="off">–</p>
        <p>longest time without an answer · <button id="gap-reset" class="link">start over</button></p>
        <p><span class="dot" id="gap-dot"></span><span id="gap-state">connecting</span> · a GET every 100 ms</p>
        </section>
        <section><h2>Live events</h2>
        <p class="big" id="tick" aria-live="off">–</p>
        <p><span class="dot" id="tick-dot"></span><span id="tick-state">connecting</span> · server-sent events, one a second</p>
        <p id="tick-gap"></p>
        </section>
        <section><h2>WebSocket echo</h2>
        <form id="echo-form"><input id="echo-text" aria-label="Message" value="Hello" autocomplete="off"><button>Send</button></form>
        <p><span class="dot" id="echo-dot"></span><span id="echo-state">connecting</span></p>
        <ol id="echo-log"></ol>
        </section>
        <section><h2>Upload</h2>
        <form id="upload-form"><input type="file" id="upload-file" aria-label="File"><button>Upload</button></form>
        <p id="upload-state">The app counts the bytes, hashes them and keeps none.</p>
        </section>
        <section><h2>Download</h2>
        <p><a class="button" href="/download">1 GB</a> <a class="button" href="/download?bytes=10000000">10 MB</a></p>
        <p>Made while it is sent, no faster than you take it.</p>
        </section>
        <section class="wide"><h2>What the app was told</h2>
        <pre id="whoami"><a href="/whoami">/whoami</a></pre>
        </section>
        </main>
        </body>
        </html>

        """
}
