// The conversion of values to JSON: nothing is sent as the `toString()` of an object.
package dev.hudhud.tests

import dev.hudhud.*
import java.math.BigDecimal
import java.nio.file.Path
import java.time.LocalDate
import java.util.Date
import java.util.Optional
import java.util.UUID
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import tools.jackson.databind.json.JsonMapper

class JsonTest {
    private enum class Size { SMALL }

    private fun json(value: Any?) = jsonOf(value).toJson()

    @Test
    fun `arrays of every kind become lists`() {
        assertEquals("""["a",1,null,[true]]""", json(arrayOf("a", 1, null, arrayOf(true))))
        val numbers = listOf(intArrayOf(1, 2), longArrayOf(1, 2), shortArrayOf(1, 2), sequenceOf(1, 2), setOf(1, 2))
        for (value in numbers) assertEquals("[1,2]", json(value))
        assertEquals("[1.5,2.5]" to "[1.5]", json(doubleArrayOf(1.5, 2.5)) to json(floatArrayOf(1.5f)))
        assertEquals("[true]", json(booleanArrayOf(true)))
        assertEquals("\"ab\"", json(charArrayOf('a', 'b')))
        // As Jackson writes bytes.
        assertEquals("\"AQI=\"", json(byteArrayOf(1, 2)))
    }

    @Test
    fun `values with one form as text become this text`() {
        val id = UUID.randomUUID()
        val texts = mapOf(
            Size.SMALL to "SMALL", Channel.Whatsapp to "whatsapp", 'a' to "a", StringBuilder("b") to "b", id to "$id",
            LocalDate.of(2026, 11, 29) to "2026-11-29", Timestamp("2026-04-21T10:30:00Z") to "2026-04-21T10:30:00Z", Path.of("a/b") to "a/b",
        )
        for ((value, text) in texts) assertEquals("\"$text\"", json(value))
        assertEquals("[1.50,5,null,7]", json(listOf(BigDecimal("1.50"), 5u, Optional.empty<String>(), Optional.of(7))))
        assertEquals("""{"SMALL":1,"2":3}""", json(linkedMapOf(Size.SMALL to 1, 2 to 3)))
        assertEquals("""{"name":"G","type":"static"}""", json(CreateContactGroup("G", type = GroupType.Static)))
    }

    @Test
    fun `other objects are refused with the name of the member and of the class`() {
        fun refused(run: () -> Unit) = assertThrows<IllegalArgumentException> { run() }.message!!
        val message = refused { jsonObject("city" to "Cairo", "born" to Date()) }
        assertTrue(message.startsWith("born: java.util.Date "), message)
        assertTrue(refused { jsonOf(Any()) }.startsWith("value: java.lang.Object "))
        assertTrue(refused { jsonOf(mapOf("a" to listOf(mapOf("b" to Any())))) }.startsWith("a.0.b: java.lang.Object "))
        assertTrue(refused { Template("Hi {{ name }}").render(mapOf("name" to Any())) }.startsWith("name: java.lang.Object "))
        assertTrue("the name of a member is a java.lang.Object; pass text" in refused { jsonOf(mapOf(Any() to 1)) })
        // A tree of Jackson would lose the names of its members.
        assertTrue(refused { jsonOf(JsonMapper().readTree("""{"a":1}""")) }.startsWith("value: tools.jackson.databind.node.ObjectNode "))
        // A name that looks like a phone number is not shown.
        assertTrue(refused { jsonObject("+15551234567" to Any()) }.startsWith("…: "))
        val zagely = Zagely("pk_test", "sk_test")
        assertTrue(refused { zagely.callByRoute(Method.POST, "/api/v1/labels", mapOf("of" to Thread.currentThread())) }.startsWith("of: java.lang.Thread "))
        assertTrue(refused { CreateContact.builder("+15551234567").customFields(mapOf("o" to Any())) }.startsWith("o: java.lang.Object "))
    }

    @Test
    fun `a template renders an array as a list`() {
        val template = Template("{{ n }}")
        assertEquals(template.render(mapOf("n" to listOf(1, 2))), template.render(mapOf("n" to intArrayOf(1, 2))))
        assertEquals(template.render(mapOf("n" to listOf(1, 2))), template.render(mapOf("n" to arrayOf(1, 2))))
    }
}
