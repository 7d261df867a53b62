import Dispatch
import Synchronization

/// Runs the store's work on a queue of its own: SQLite blocks, and neither event loops nor the threads that
/// all tasks share may wait for a disk.
final class DatabaseExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "runegate.store")
    /// Who wants to know that the queue moves.
    private let watchers = Mutex<[CheckedContinuation<Void, Never>]>([])

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async {
            job.runSynchronously(on: self.asUnownedSerialExecutor())
            self.tellWatchers()
        }
    }

    /// Returns when the next piece of work has ended, at once when there is none.
    ///
    /// Work that fails ends too, and a long queue of slow work moves: only what hangs keeps this from returning.
    func turn() async {
        await withCheckedContinuation { continuation in
            watchers.withLock { $0.append(continuation) }
            queue.async { self.tellWatchers() }
        }
    }

    private func tellWatchers() {
        let told = watchers.withLock { watchers in
            defer { watchers = [] }
            return watchers
        }
        for watcher in told { watcher.resume() }
    }
}
