// The store of an inbox in memory.
import Foundation
import Hudhud

/// A store of a leased inbox in memory, which forgets everything when the process ends. It is for tests.
public actor ForgetfulInboxStore: InboxStore {
    private var entries: [String: InboxChange] = [:]

    /// Creates an empty store.
    public init() {}

    /// Stores the entry if the key has none. Returns the stored entry.
    public func putOrGet(key: String, change: InboxChange) -> Data {
        if let stored = entries[key] { return stored.entry }
        entries[key] = change
        return change.entry
    }

    /// Stores the entry if the stored one is the expected one. Returns true if it was stored.
    public func replace(key: String, change: InboxChange) -> Bool {
        guard entries[key]?.entry == change.expected else { return false }
        entries[key] = change
        return true
    }

    /// Deletes entries whose time has passed. Returns their number.
    public func cleanUp(now: Date) -> Int {
        let count = entries.count
        entries = entries.filter { $0.value.forgetAt.map { $0 > now } ?? true }
        return count - entries.count
    }

    /// Returns the keys of all poisoned events.
    public func poisoned() -> [String] { entries.filter { $0.value.status == "poisoned" }.keys.sorted() }

    /// Deletes an entry. Returns true if it existed.
    public func forget(key: String) -> Bool { entries.removeValue(forKey: key) != nil }
}
