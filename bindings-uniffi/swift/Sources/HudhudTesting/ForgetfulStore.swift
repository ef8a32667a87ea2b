// The store of a rate limiter in memory.
import Foundation
import Hudhud

/// A store of a rate limiter in memory, which forgets everything when the process ends. It is for tests.
public actor ForgetfulStore: RateLimiterStore {
    private var bytes: Data?

    /// Creates a store with these bytes.
    public init(_ bytes: Data? = nil) { self.bytes = bytes }

    /// Returns the bytes, or `nil` if the store is empty.
    public func load() -> Data? { bytes }

    /// Replaces the bytes if they are still `old`. Returns true if they were replaced.
    public func swap(old: Data?, new: Data) -> Bool {
        guard bytes == old else { return false }
        bytes = new
        return true
    }
}
