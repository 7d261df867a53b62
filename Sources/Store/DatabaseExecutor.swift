import Dispatch

/// Runs the store's work on a queue of its own: SQLite blocks, and neither event loops nor the threads that
/// all tasks share may wait for a disk.
final class DatabaseExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "runegate.store")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
