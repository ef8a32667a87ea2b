// The thread of a connection to SQLite.
import Dispatch

/// A queue on which the statements of one connection run, so that they block no task.
final class SQLiteThread: @unchecked Sendable {
    let queue = DispatchQueue(label: "dev.hudhud.sqlite")
    /// The mark of the queue.
    private let key = DispatchSpecificKey<Bool>()

    /// An `Executor`, or nothing on older systems. Tasks do not keep their executor, so the connection does.
    private let executor: (any Sendable & AnyObject)?

    init() {
        queue.setSpecific(key: key, value: true)
        if #available(macOS 15, iOS 18, tvOS 18, watchOS 11, visionOS 2, *) {
            executor = Executor(queue)
        } else {
            executor = nil
        }
    }

    /// True in code that runs on the queue.
    var isCurrent: Bool { DispatchQueue.getSpecific(key: key) != nil }

    /// Runs a task on the queue, except where it waits or needs an actor. On older systems it runs as any other task.
    func run<Result: Sendable>(_ use: @Sendable () async throws -> Result) async throws -> Result {
        guard #available(macOS 15, iOS 18, tvOS 18, watchOS 11, visionOS 2, *), let executor = executor as? Executor else {
            return try await use()
        }
        return try await withTaskExecutorPreference(executor) { try await use() }
    }

    /// Runs the parts of a task on a queue.
    @available(macOS 15, iOS 18, tvOS 18, watchOS 11, visionOS 2, *)
    private final class Executor: TaskExecutor {
        private let queue: DispatchQueue

        init(_ queue: DispatchQueue) { self.queue = queue }

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }
}
