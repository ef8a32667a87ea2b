// Zagely's webhooks in a Ktor server, each event handled once.
package dev.hudhud.ktor

import dev.hudhud.InboxLease
import dev.hudhud.InboxReceipt
import dev.hudhud.LeasedInbox
import dev.hudhud.TransactionalHandler
import dev.hudhud.TransactionalInbox
import dev.hudhud.Webhook
import dev.hudhud.WebhookEvent
import io.ktor.http.HttpStatusCode
import io.ktor.server.application.ApplicationCall
import io.ktor.server.response.header
import io.ktor.server.response.respond
import io.ktor.server.routing.Route

/**
 * Receives the vendor's deliveries at [path], and passes each event once to [handle], which calls other services. The response is
 * that of the inbox. A refused delivery is answered with a status and no body.
 *
 * @param maxBodyBytes the largest body that is read, in bytes. A larger one is answered with 413.
 */
public fun Route.zagelyWebhook(
    path: String,
    webhook: Webhook,
    inbox: LeasedInbox,
    maxBodyBytes: Int = Webhook.DEFAULT_MAX_BODY_BYTES,
    handle: suspend (event: WebhookEvent, lease: InboxLease) -> Unit,
): Route = zagelyWebhook(path, webhook, maxBodyBytes) { call, delivery -> call.respondReceipt(inbox.handle(delivery, handle)) }

/**
 * Receives the vendor's deliveries at [path], and passes each event once to [handle], which writes rows in the inbox's database. It
 * runs on a thread for I/O. The response is that of the inbox. A refused delivery is answered with a status and no body.
 *
 * @param maxBodyBytes the largest body that is read, in bytes. A larger one is answered with 413.
 */
public fun <C> Route.zagelyWebhook(
    path: String,
    webhook: Webhook,
    inbox: TransactionalInbox<C>,
    maxBodyBytes: Int = Webhook.DEFAULT_MAX_BODY_BYTES,
    handle: TransactionalHandler<C>,
): Route = zagelyWebhook(path, webhook, maxBodyBytes) { call, delivery -> call.respondReceipt(inbox.handle(delivery, handle)) }

/**
 * Responds to the vendor with the outcome of a delivery at an inbox. Do not use Ktor's own `respond` for a receipt: it would
 * respond with 200 to a failed delivery.
 */
public suspend fun ApplicationCall.respondReceipt(receipt: InboxReceipt) {
    receipt.headers.forEach { (name, value) -> response.header(name, value) }
    respond(HttpStatusCode.fromValue(receipt.httpStatus))
}
