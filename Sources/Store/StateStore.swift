import GRDB
package import GateModel
import Logging
import Synchronization

/// The database: links, sessions, sealed mails and the audit, in one SQLite file that only `serve` opens.
///
/// Every change is durable when its call returns (WAL with full sync). When the file cannot be used each
/// call throws a ``Fault``, and the next ones try to open it again. A damaged file is set aside and an empty
/// one takes its place.
package actor StateStore {
    private let executor = DatabaseExecutor()
    private let file: DatabaseFile
    let sealing: Sealing
    private let time: any TimeSource
    private let logger = Logger(label: "store")
    private var open: (pool: DatabasePool, identity: DatabaseFile.Identity?)?
    private let fault = Mutex<Fault?>(nil)
    private var nextAttempt = Duration.zero

    /// Grows each time a file was opened: whoever keeps a copy in memory then writes back what is missing.
    package private(set) var generation = 0

    /// How long a failed opening is not repeated.
    static let retryInterval = Duration.seconds(1)

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Opens nothing yet: the first call does.
    package init(directory: String, sealing: Sealing, time: any TimeSource) {
        self.file = DatabaseFile(directory: directory)
        self.sealing = sealing
        self.time = time
    }

    /// What kept the database from being used the last time, or nil; unlike ``currentFault()`` it waits for nothing.
    package nonisolated var lastFault: Fault? { fault.withLock { $0 } }

    /// Returns as soon as the database's work moves, well or badly; never while a call hangs in it.
    package nonisolated func turn() async { await executor.turn() }

    /// What keeps the database from being used, or nil.
    package func currentFault() -> Fault? {
        do {
            _ = try openPool()
            return nil
        } catch {
            return error
        }
    }

    /// Closes the file; a later call opens it again.
    package func close() {
        try? open?.pool.close()
        open = nil
    }

    /// Runs one durable transaction.
    func write<Value>(_ body: (Database, Stamp) throws -> Value) throws(Fault) -> Value {
        let now = Stamp(now: time)
        let value = try perform { pool in try pool.write { try body($0, now) } }
        // A disk that is full still reads.
        report(nil)
        return value
    }

    func read<Value>(_ body: (Database, Stamp) throws -> Value) throws(Fault) -> Value {
        let now = Stamp(now: time)
        return try perform { pool in try pool.read { try body($0, now) } }
    }

    private func perform<Value>(_ body: (DatabasePool) throws -> Value) throws(Fault) -> Value {
        let pool = try openPool()
        do {
            return try body(pool)
        } catch {
            throw failed(error)
        }
    }

    /// The open database, opened now if need be.
    private func openPool() throws(Fault) -> DatabasePool {
        let now = time.now().sinceBoot
        if let open {
            // A file that was deleted or replaced still takes writes, which nobody would ever find again.
            if let identity = open.identity, identity == file.identity() { return open.pool }
            logger.warning("the database file was replaced", metadata: ["path": "\(file.path)"])
            close()
            nextAttempt = .zero
        }
        if let fault = lastFault, now < nextAttempt { throw fault }
        nextAttempt = now + Self.retryInterval
        do {
            return try openFile()
        } catch  where error.code == Fault.corruptCode && nextAttempt == .zero {
            // It was set aside: go on with an empty one.
            return try openFile()
        }
    }

    private func openFile() throws(Fault) -> DatabasePool {
        do {
            try file.prepare()
            let pool = try Self.openPool(at: file.path)
            file.synchronizeDirectory()
            open = (pool, file.identity())
            generation += 1
            report(nil)
            return pool
        } catch let error as DatabaseFile.SystemError {
            let fault = Fault.unwritable(error)
            report(fault)
            throw fault
        } catch {
            throw failed(error)
        }
    }

    /// Opens, checks and migrates; throws what GRDB throws.
    private static func openPool(at path: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.label = "runegate"
        configuration.maximumReaderCount = 1
        configuration.busyMode = .timeout(2)
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
        }
        let pool = try DatabasePool(path: path, configuration: configuration)
        try pool.writeWithoutTransaction { database in
            // Opening in WAL mode set NORMAL, with which a power cut forgets the last transactions.
            try database.execute(sql: "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 4194304")
            let verdict = try String.fetchOne(database, sql: "PRAGMA quick_check(1)")
            guard verdict == "ok" else {
                throw DatabaseError(resultCode: ResultCode(ofCheck: verdict ?? ""), message: verdict)
            }
        }
        try DatabaseMigrator.runegate.migrate(pool)
        return pool
    }

    /// Turns an error into what callers and the operator hear, and gets ready for the next try.
    private func failed(_ error: any Error) -> Fault {
        let databaseError = error as? DatabaseError
        if databaseError?.isTransient != true { close() }
        guard databaseError?.meansCorruption == true, Self.isDamaged(file.path) else {
            let fault = Fault.database(error, path: file.path)
            report(fault)
            return fault
        }
        let fault = Fault.corrupt(path: file.path, reason: databaseError?.message ?? "")
        report(fault)
        do {
            let target = try file.setAside(unixSeconds: time.now().unixSeconds)
            logger.critical("the damaged database was set aside", metadata: ["path": "\(target)"])
            // The empty one may be made at once.
            nextAttempt = .zero
        } catch {
            report(Fault.unwritable(error))
        }
        return fault
    }

    /// Looks at the whole file once more, with a fresh connection: a single read that fails can look like damage,
    /// and nobody may lose a session for that.
    private static func isDamaged(_ path: String) -> Bool {
        do {
            let verdict = try DatabaseQueue(path: path).read { database in
                try String.fetchOne(database, sql: "PRAGMA integrity_check(1)")
            }
            return verdict != "ok" && ResultCode(ofCheck: verdict ?? "") == .SQLITE_CORRUPT
        } catch {
            return (error as? DatabaseError)?.meansCorruption == true
        }
    }

    /// Says a change of state once, not at every try.
    private func report(_ fault: Fault?) {
        let isNews = self.fault.withLock { known in
            defer { known = fault }
            return known?.code != fault?.code
        }
        guard isNews else { return }
        if let fault {
            logger.critical(
                "the database cannot be used; new sign-ins wait, sessions go on",
                metadata: [
                    "code": "\(fault.code)", "problem": "\(fault.problem)", "remedy": "\(fault.remedy)",
                ])
        } else {
            logger.notice("the database can be used again", metadata: ["path": "\(file.path)"])
        }
    }
}
