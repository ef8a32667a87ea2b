// Signed deliveries for tests.
@file:JvmName("Deliveries")

package dev.hudhud.testing

import dev.hudhud.eventNames
import dev.hudhud.sampleDelivery
import dev.hudhud.signDelivery
import java.time.Instant
import java.util.UUID

/** A signed delivery. */
public class Delivery(
    /** The event's name, as the vendor writes it. */
    public val event: String,
    /** All its headers. */
    public val headers: Map<String, String>,
    /** Its body. */
    public val body: ByteArray,
) {
    /** Returns the event and the size of the body. */
    override fun toString(): String = "Delivery($event, ${body.size} bytes)"
}

/** Signs a body as the vendor does, and returns the headers. */
@JvmOverloads
public fun sign(secret: String, body: ByteArray, now: Instant = Instant.now()): Map<String, String> =
    signDelivery(secret, body, now.epochSecond.toULong()).associate { it.name to it.value }

/**
 * Returns one signed delivery for each event that the vendor names, each with a random id. The vendor's page shows the data of
 * `message.received`. The data of the other events is inferred, and may differ from the vendor's.
 */
@JvmName("all")
@JvmOverloads
public fun deliveries(secret: String, now: Instant = Instant.now()): List<Delivery> = eventNames().map { event ->
    val body = sampleDelivery(event, UUID.randomUUID().toString())
    Delivery(event, sign(secret, body, now), body)
}
