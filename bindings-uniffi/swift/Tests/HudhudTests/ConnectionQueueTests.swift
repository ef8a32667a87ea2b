// The queue of the tasks that use a connection to SQLite.
import Hudhud
import XCTest

@testable import HudhudSQLite

final class ConnectionQueueTests: XCTestCase {
    func testAWaitForATaskThatHangsHasAnEnd() async throws {
        let queue = ConnectionQueue(longestWait: .milliseconds(100))
        let (taken, ready) = AsyncStream.makeStream(of: Void.self)
        let hanging = Task {
            try await queue.take {
                ready.finish()
                try await Task.sleep(for: .seconds(60))
            }
        }
        for await _ in taken {}
        for isCancellable in [true, false] {
            do {
                try await queue.take(isCancellable: isCancellable) { XCTFail("taken") }
                XCTFail("expected an error")
            } catch is InboxBusy {}
        }
        hanging.cancel()
        _ = await hanging.result
        let number = try await queue.take { 5 }
        XCTAssertEqual(number, 5)
    }
}
