// The clock, the deliveries and the ports of the servers that the tests of the inbox share.
package dev.hudhud.tests

import dev.hudhud.VerifiedDelivery
import dev.hudhud.Webhook
import dev.hudhud.testing.sign
import java.time.Clock
import java.time.Instant
import java.time.ZoneOffset
import java.util.UUID
import org.junit.jupiter.api.Assumptions.assumeTrue

/** A clock that a test sets. */
internal class Now(@Volatile var at: Instant = Instant.now()) : Clock() {
    override fun instant(): Instant = at

    override fun getZone() = ZoneOffset.UTC

    override fun withZone(zone: java.time.ZoneId) = this

    /** Returns a verified delivery with this id. */
    fun delivery(id: String = "test-${UUID.randomUUID()}"): VerifiedDelivery {
        val body = """{"event":"webhook.test","delivery_id":"$id","data":{"message":"hi"}}""".toByteArray()
        return Webhook("whsec_test", clock = this).receive(sign("whsec_test", body, at), body)
    }
}

/** Returns the port of a server that `cargo xtask test` starts. */
internal fun port(variable: String): Int {
    assumeTrue(System.getenv(variable) != null, "$variable is not set: run `cargo xtask test Kotlin`")
    return System.getenv(variable).toInt()
}
