/// What certbot runs when it has a new certificate.
enum RenewalHook {
    /// Puts key and chain into one file, so that a reader sees the old pair or the new one.
    static func render(_ answers: VPSAnswers) -> ConfigText {
        let certificate = SiteCertificate(domain: answers.domain, contact: answers.contact)
        let path = ConfigText(quoted: SiteCertificate.path)
        return """
            #!/bin/sh
            # Written by `runegate provision vps`. certbot runs it for every renewed certificate; ours is one of them.
            set -eu
            [ "${RENEWED_LINEAGE:-}" = "\(ConfigText(quoted: certificate.lineage))" ] || exit 0
            umask 077
            new=$(mktemp "\(path).XXXXXX")
            trap 'rm -f "$new"' EXIT
            cat "$RENEWED_LINEAGE/privkey.pem" "$RENEWED_LINEAGE/fullchain.pem" >"$new"
            sync "$new"
            mv -f "$new" "\(path)"
            if [ -d /run/systemd/system ]; then
                systemctl reload nginx.service
            else
                nginx -s reload
            fi

            """
    }
}
