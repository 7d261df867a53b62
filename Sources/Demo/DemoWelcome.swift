package import GateModel

/// What `runegate demo` says when it has started: what runs, where, what to do next, how to stop.
package enum DemoWelcome {
    package static func everything(at baseURL: BaseURL, app: ListenAddress, outbox: String) -> String {
        """
        Runegate demo: everything on this machine, nothing leaves it.

          open          \(baseURL)
          sign in       with any address, such as you@example.com
          the link      appears here, in this terminal (mails are kept in \(outbox))

          demo app      \(app)
          wireguard     simulated path to the app, the first choice
          rathole       simulated path to the app, the fallback

        Break something, and see the page go on: type a letter and Enter here, or in another terminal, in this
        directory, the command.

          w   runegate demo cut wireguard   dead: it accepts and stays silent   (again, or `mend`: alive)
          r   runegate demo cut rathole     dead in the same way                (again, or `mend`: alive)
          a   runegate demo cut app         the app is stopped                  (again, or `mend`: it runs)

          watch         runegate tunnels --watch

        Ctrl-C stops it all.
        """
    }

    package static func appOnly(at address: ListenAddress) -> String {
        let url =
            switch address {
            case .ip: "http://\(address)"
            case .unix: "\(address)"
            }
        return """
            Runegate demo app, without a gateway: \(url)

              /whoami  /events  /ws  /upload  /download?bytes=N  /slow?seconds=N  /set-cookies  /status/NNN  /ping

            Ctrl-C stops it.
            """
    }
}
