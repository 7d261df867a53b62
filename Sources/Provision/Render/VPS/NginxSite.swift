/// The nginx site, in words that 1.22 to 1.26 read.
enum NginxSite {
    static func render(_ answers: VPSAnswers) -> ConfigText {
        """
        # Written by `runegate provision vps`; `runegate provision vps --verify` says whether it still is what was written.

        # The path without its query: the token of a sign-in link never lands in a log.
        log_format runegate '$remote_addr [$time_local] "$request_method $uri $server_protocol" $status $body_bytes_sent $request_time';

        # A request that asks for no upgrade leaves its upstream connection open for the next.
        map $http_upgrade $runegate_connection {
            default upgrade;
            '' '';
        }

        upstream runegate {
            server 127.0.0.1:\(LocalPort.gateway);
            keepalive 64;
            # Shorter than the gateway's 8 s, so that no request meets a connection that is being closed.
            keepalive_timeout 5s;
        }

        \(answers.isDefaultSite ? strangers(answers) : "")\
        \(plain(answers))
        \(secure(answers))
        """
    }

    /// Whoever asks for another host, or for none, is hung up on, and sees no certificate.
    ///
    /// On port 80 without the word `default_server`, which the distribution's own site has: the first server that nginx
    /// reads is the default one unless another says so. Nor is the name the `_` that others use (RFC 2606 §2).
    private static func strangers(_ answers: VPSAnswers) -> ConfigText {
        """
        server {
        \(listen(80, "", answers))\
            server_name runegate.invalid;
            server_tokens off;
            access_log off;
            return 444;
        }

        server {
        \(listen(443, "ssl http2 default_server", answers))\
            server_name runegate.invalid;
            server_tokens off;
            access_log off;
            ssl_reject_handshake on;
        \(strength)
            # A browser may ask for another name on a connection that it has (RFC 9110 §15.5.20).
            location / {
                return 421;
            }
        }


        """
    }

    private static func plain(_ answers: VPSAnswers) -> ConfigText {
        """
        server {
        \(listen(80, "", answers))\
            server_name \(answers.domain);
            server_tokens off;
            access_log /var/log/nginx/runegate.log runegate;

            location ^~ /.well-known/acme-challenge/ {
                root \(ConfigText(quoted: SiteCertificate.challengeDirectory));
                default_type text/plain;
            }

            location / {
                return 301 https://\(answers.domain)$request_uri;
            }
        }

        """
    }

    private static func secure(_ answers: VPSAnswers) -> ConfigText {
        """
        server {
        \(listen(443, "ssl http2", answers))\
            server_name \(answers.domain);
            server_tokens off;
            access_log /var/log/nginx/runegate.log runegate;
            # Lower levels quote the request with its query; what the gateway cannot reach it says itself.
            error_log /var/log/nginx/runegate-error.log crit;

        \(tls)
            # What belongs together streams for as long as it takes; the limits are between two signs of life.
            client_max_body_size 0;
            client_header_timeout 30s;
            client_body_timeout 10m;
            send_timeout 10m;
            large_client_header_buffers 4 32k;
            gzip off;

            location / {
                proxy_pass http://runegate;
                proxy_http_version 1.1;
                proxy_request_buffering off;
                proxy_buffering off;
                proxy_buffer_size 16k;
                proxy_buffers 4 16k;
                proxy_connect_timeout 10s;
                proxy_read_timeout 1d;
                proxy_send_timeout 1d;
                # Trying again is the gateway's to decide: it knows what may be sent twice.
                proxy_next_upstream off;
                proxy_redirect off;
                # The app is not the one to tell nginx to buffer, to slow down, or to answer with something else.
                proxy_ignore_headers X-Accel-Redirect X-Accel-Buffering X-Accel-Limit-Rate X-Accel-Charset X-Accel-Expires;
                proxy_hide_header Strict-Transport-Security;

        \(headers(answers))\
            }
        }

        """
    }

    private static let tls: ConfigText = """
            ssl_certificate \(ConfigText(quoted: SiteCertificate.path));
            ssl_certificate_key \(ConfigText(quoted: SiteCertificate.path));
        \(strength)\
            add_header Strict-Transport-Security "max-age=31536000" always;

        """

    /// What every browser since 2015 speaks; the default server says it too, for it decides before the name is known.
    private static let strength: ConfigText = """
            ssl_protocols TLSv1.2 TLSv1.3;
            ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305;
            ssl_prefer_server_ciphers off;
            ssl_session_cache shared:runegate:10m;
            ssl_session_timeout 1d;
            ssl_session_tickets off;

        """

    /// What a visitor says about himself or his host never gets through: each such header is replaced.
    private static func headers(_ answers: VPSAnswers) -> ConfigText {
        let headers: [(ConfigText, ConfigText)] = [
            ("Host", "\(answers.domain)"), ("X-Forwarded-Host", "\(answers.domain)"),
            ("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "$remote_addr"),
            ("X-Real-IP", "$remote_addr"), ("Forwarded", "''"), ("Upgrade", "$http_upgrade"),
            ("Connection", "$runegate_connection"),
        ]
        return headers.map { "        proxy_set_header \($0.0) \($0.1);\n" }.joined()
    }

    private static func listen(
        _ port: UInt16, _ flags: ConfigText, _ answers: VPSAnswers
    ) -> ConfigText {
        let addresses: [ConfigText] = answers.listensOnIPv6 ? ["", "[::]:"] : [""]
        return addresses.map {
            "    listen \($0)\(Port(known: port))\(flags.text.isEmpty ? "" : " ")\(flags);\n"
        }.joined()
    }
}
