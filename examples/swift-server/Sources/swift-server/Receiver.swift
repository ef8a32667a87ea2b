// The logic of a receiver. It also works with Vapor or Hummingbird instead of `Server.swift`.
import Foundation
import Hudhud

/// Verifies deliveries, and replies to messages that ask for help.
actor Receiver {
    private let webhook: Webhook
    private let zagely: Zagely
    /// The replay keys of handled deliveries. Keep them in a database in a real program: the vendor retries a delivery
    /// until it is answered.
    private var handled: Set<String> = []

    init(webhook: Webhook, zagely: Zagely) {
        self.webhook = webhook
        self.zagely = zagely
    }

    /// Handles a delivery and returns the HTTP status of the response.
    func receive(headers: [String: String], body: Data) async -> Int {
        do {
            let delivery = try webhook.receive(headers: headers, body: body)
            guard case .messageReceived(let message) = delivery.event, let number = message.contact?.phoneNumber,
                message.content?.contains("help") == true, handled.insert(delivery.replayKey).inserted
            else { return 204 }
            // Answer the vendor at once, and send the reply afterwards.
            Task { [zagely] in try await zagely.messages.send(SendMessage(to: number, message: "We are on it.")) }
            return 204
        } catch let refused as WebhookError {
            print(refused)
            return refused.httpStatus
        } catch {
            return 500
        }
    }
}
