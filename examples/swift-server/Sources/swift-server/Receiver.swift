// What a receiver decides: the same behind Vapor, Hummingbird or the few lines of `Server.swift`.
import Foundation
import Hudhud

/// Verifies deliveries, and answers who asks for help.
actor Receiver {
    private let webhook: Webhook
    private let zagely: Zagely
    /// In a real program this outlives a restart: the vendor sends a delivery again until it has its answer.
    private var handled: Set<String> = []

    init(webhook: Webhook, zagely: Zagely) {
        self.webhook = webhook
        self.zagely = zagely
    }

    /// The status to answer a delivery with.
    func receive(headers: [String: String], body: Data) async -> Int {
        do {
            let delivery = try webhook.receive(headers: headers, body: body)
            guard case .messageReceived(let message) = delivery.event, let number = message.contact?.phoneNumber,
                message.content?.contains("help") == true, handled.insert(delivery.replayKey).inserted
            else { return 204 }
            // The vendor has its answer at once, the reply goes out behind it.
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
