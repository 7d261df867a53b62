import GRDB

// The tables. A migration, once released, never changes: new ones are added below it.

extension DatabaseMigrator {
    static var runegate: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1-sign-in") { database in
            try database.execute(sql: linksAndMails)
            try database.execute(sql: sessionsAndAudit)
        }
        migrator.registerMigration("tunnel-history") { database in
            try database.execute(sql: tunnelHistory)
        }
        migrator.registerMigration("awaiting") { try $0.execute(sql: awaiting) }
        return migrator
    }

    /// Links and the mails that carry them.
    ///
    /// Identifiers, nonces and codes are only hashes, in lower-case hexadecimal. `boot_id`, `…_boot` (ms) and
    /// `…_unix` (s) are a ``Stamp``, `life` is in milliseconds. `state`: 0 open, 1 spent, 2 void.
    private static let linksAndMails = """
        CREATE TABLE links (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            account TEXT NOT NULL,
            state INTEGER NOT NULL DEFAULT 0,
            is_decoy INTEGER NOT NULL,
            nonce_hash TEXT,
            code_hash TEXT,
            code_tries INTEGER NOT NULL DEFAULT 0,
            next TEXT,
            client_address TEXT,
            user_agent TEXT,
            boot_id TEXT NOT NULL,
            issued_boot INTEGER NOT NULL,
            issued_unix INTEGER NOT NULL,
            life INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX links_by_account ON links (account);
        CREATE INDEX links_by_nonce ON links (nonce_hash);
        CREATE TABLE mails (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            link_id TEXT NOT NULL REFERENCES links (id) ON DELETE CASCADE,
            is_decoy INTEGER NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            sealed TEXT NOT NULL
        ) STRICT;
        CREATE INDEX mails_by_link ON mails (link_id);
        """

    private static let sessionsAndAudit = """
        CREATE TABLE sessions (
            id TEXT PRIMARY KEY NOT NULL,
            account TEXT NOT NULL,
            client_address TEXT NOT NULL,
            user_agent TEXT NOT NULL,
            boot_id TEXT NOT NULL,
            issued_boot INTEGER NOT NULL,
            issued_unix INTEGER NOT NULL,
            life INTEGER NOT NULL,
            used_boot INTEGER NOT NULL,
            used_unix INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX sessions_by_account ON sessions (account);
        CREATE TABLE audit (
            number INTEGER PRIMARY KEY,
            unix INTEGER NOT NULL,
            event TEXT NOT NULL,
            account TEXT,
            client_address TEXT,
            detail TEXT
        ) STRICT;
        """

    /// What the tunnels did, and what the operator wants of them.
    ///
    /// Times are of the wall clock (`unix`, in s), round trips in microseconds, the gap in milliseconds.
    private static let tunnelHistory = """
        CREATE TABLE tunnel_samples (
            unix INTEGER NOT NULL,
            path TEXT NOT NULL,
            seconds INTEGER NOT NULL,
            active_seconds INTEGER NOT NULL,
            probes INTEGER NOT NULL,
            lost INTEGER NOT NULL,
            round_trip_p50 INTEGER,
            round_trip_p95 INTEGER,
            handshake_age_seconds INTEGER,
            PRIMARY KEY (unix, path)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE tunnel_switches (
            number INTEGER PRIMARY KEY,
            unix INTEGER NOT NULL,
            from_path TEXT NOT NULL,
            to_path TEXT NOT NULL,
            cause TEXT NOT NULL,
            gap INTEGER NOT NULL,
            streams_kept INTEGER,
            streams_ended INTEGER
        ) STRICT;
        CREATE INDEX tunnel_switches_by_time ON tunnel_switches (unix);
        CREATE TABLE tunnel_preference (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            path TEXT NOT NULL
        ) STRICT;
        """

    /// Who wants a mail when the app can be reached again: one row an address.
    ///
    /// `sealed` holds the address; `address_hash` is its SHA-256. `is_due`: 0 waits, 1 is a mail to leave; the
    /// ``Stamp`` and `life` (ms) are those of the present one of the two.
    private static let awaiting = """
        CREATE TABLE awaiting (
            address_hash TEXT PRIMARY KEY NOT NULL,
            id TEXT NOT NULL UNIQUE,
            sealed TEXT NOT NULL,
            is_due INTEGER NOT NULL DEFAULT 0,
            attempts INTEGER NOT NULL DEFAULT 0,
            boot_id TEXT NOT NULL,
            since_boot INTEGER NOT NULL,
            since_unix INTEGER NOT NULL,
            life INTEGER NOT NULL
        ) STRICT;
        """
}
