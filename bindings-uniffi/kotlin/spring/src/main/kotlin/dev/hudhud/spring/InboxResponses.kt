// The responses of an inbox in Spring.
@file:JvmName("InboxResponses")

package dev.hudhud.spring

import dev.hudhud.InboxReceipt
import org.springframework.http.ResponseEntity

/**
 * Returns the response to the vendor. A method that returns the receipt itself, or nothing, would respond with 200 to a failed event.
 *
 * ```kotlin
 * @PostMapping("/webhooks/zagely")
 * fun receive(delivery: VerifiedDelivery) = inbox.receive(delivery, ::handle).toResponse()
 * ```
 */
@JvmName("of")
public fun InboxReceipt.toResponse(): ResponseEntity<Void> {
    val response = ResponseEntity.status(httpStatus)
    headers.forEach { (name, value) -> response.header(name, value) }
    return response.build()
}
