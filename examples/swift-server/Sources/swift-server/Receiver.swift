// The logic of a receiver. It also works with Vapor or Hummingbird instead of `Server.swift`.
//
// The inbox stores a lease before the reply and a mark after it, and then the response is sent. If the process stops before the
// mark, the vendor delivers the event again. The reply is sent again with the same idempotency key, so there is no second message.
import Foundation
import Hudhud

/// Verifies deliveries, and replies to messages that ask for help.
struct Receiver: Sendable {
    let webhook: Webhook
    let zagely: Zagely
    let inbox: LeasedInbox

    /// Handles a delivery and returns the HTTP status of the response.
    func receive(headers: [String: String], body: Data) async -> Int {
        do {
            let receipt = try await inbox.receive(webhook.receive(headers: headers, body: body), handler: reply)
            // The text of this error contains nothing private, so it may be logged.
            if let error = receipt.error as? HudhudError { print(error) }
            return receipt.httpStatus
        } catch let refused as WebhookError {
            print(refused)
            return refused.httpStatus
        } catch {
            print("the inbox failed: \(type(of: error))")
            // The vendor delivers the event again.
            return 500
        }
    }

    private func reply(to event: WebhookEvent, _ lease: InboxLease) async throws {
        guard case .messageReceived(let message) = event, let number = message.contact?.phoneNumber,
            message.content?.contains("help") == true
        else { return }
        // The vendor waits 10 seconds for the response.
        let options = CallOptions(idempotencyKey: "reply-\(lease.idempotencyKey)", deadline: .seconds(8))
        try await zagely.messages.send(SendMessage(to: number, message: "We are on it."), options: options)
    }
}
