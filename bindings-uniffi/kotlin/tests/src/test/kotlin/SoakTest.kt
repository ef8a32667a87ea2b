// Many concurrent calls, and many consecutive calls.
package dev.hudhud.tests

import dev.hudhud.*
import dev.hudhud.testing.FakeTransport
import dev.hudhud.testing.deliveries
import java.io.File
import kotlin.concurrent.thread
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test

@Tag("one-jdk")
class SoakTest {
    private val rounds = System.getProperty("hudhud.rounds", "30000").toInt()

    @Test
    fun `ten thousand coroutines share one client`(): Unit = runBlocking(Dispatchers.Default) {
        // Each response has the id of its request, so that the test detects a mix-up.
        val echo = Transport { request ->
            delay(1)
            val id = request.url.substringAfterLast('/')
            Response(200, listOf(Header("Content-Type", "application/json")), """{"id":"$id"}""".toByteArray())
        }
        val zagely = Zagely("pk_test", "sk_test", echo)
        val ids = List(10_000) { "c-$it" }
        assertEquals(ids, ids.map { async { zagely.contacts.get(it).id } }.awaitAll())
    }

    @Test
    fun `an unreferenced webhook is not freed while it verifies`() {
        val delivery = deliveries("whsec_test").first()
        val end = System.nanoTime() + 3_000_000_000
        val collector = thread { while (System.nanoTime() < end) System.gc() }
        val verifiers = List(3) {
            thread { while (System.nanoTime() < end) Webhook("whsec_test").verify(delivery.headers, delivery.body) }
        }
        val failures = mutableListOf<Throwable>()
        verifiers.forEach { it.setUncaughtExceptionHandler { _, error -> synchronized(failures) { failures += error } } }
        (verifiers + collector).forEach { it.join() }
        assertEquals(emptyList<Throwable>(), failures)
    }

    @Test
    fun `repeated calls do not leak memory`() {
        val webhook = Webhook("whsec_test")
        val delivery = deliveries("whsec_test").first()
        val template = Template("Hi {{ name }}! ".repeat(20))
        val page = """{"current_page":1,"data":[${List(20) { """{"id":"c-$it","name":"Jane Doe","tags":["vip"]}""" }.joinToString(",")}]}"""
        val response = Response(200, listOf(Header("Content-Type", "application/json")), page.toByteArray())
        val zagely = Zagely("pk_test", "sk_test", FakeTransport())
        fun round(count: Int) = repeat(count) {
            webhook.verify(delivery.headers, delivery.body)
            runCatching { webhook.verify(delivery.headers, byteArrayOf(1, 2, 3)) }
            template.render(mapOf("name" to "Jane"))
            runCatching { template.render(emptyMap()) }
            zagely.decode(ListContacts(), response)
            if (it % 10 == 0) {
                Webhook("another")
                zagely.exchange(GetContact("c-1")).use { exchange -> exchange.step(0) }
            }
        }
        round(rounds / 5)
        val before = resident()
        round(rounds)
        val grown = resident() - before
        assertTrue(grown < 64L shl 20, "$grown bytes more after $rounds rounds")
    }

    /** Returns the resident memory of this process in bytes, after garbage collection. */
    private fun resident(): Long {
        repeat(3) {
            System.gc()
            Thread.sleep(100)
        }
        val pages = File("/proc/self/statm").readText().split(' ')[1].toLong()
        return pages * 4096
    }
}
