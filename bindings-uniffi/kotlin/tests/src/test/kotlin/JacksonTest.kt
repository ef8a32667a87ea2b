// Jackson writes records as the vendor writes them, and reads the inputs of calls.
package dev.hudhud.tests

import dev.hudhud.*
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import tools.jackson.core.JacksonException
import tools.jackson.databind.json.JsonMapper

class JacksonTest {
    /** A mapper without the module for Kotlin, as applications in Java have it. */
    private val mapper = JsonMapper.builder().build()

    @Test
    fun `a record keeps its information`() {
        val contact = Contact(
            id = "c-1", isBlocked = true, createdAt = Timestamp("2026-04-21T10:30:00Z"), tags = listOf("vip"),
            customFields = jsonObject("city" to "Cairo", "visits" to 3), messages = listOf(Message(channel = Channel.of("fax"))),
            extra = jsonObject("new" to null),
        )
        val written = mapper.readTree(mapper.writeValueAsString(contact))
        val expected = mapper.readTree(
            """{"id":"c-1","tags":["vip"],"is_blocked":true,"custom_fields":{"city":"Cairo","visits":3},"groups":[],
                "created_at":"2026-04-21T10:30:00Z","messages":[{"channel":"fax"}],"new":null}""",
        )
        assertEquals(expected, written)
        assertEquals("\"whatsapp\"", mapper.writeValueAsString(Channel.Whatsapp))
        assertEquals("""{"a":[1,1.5,true,null]}""", mapper.writeValueAsString(jsonOf(mapOf("a" to listOf(1, 1.5, true, null)))))
        assertEquals(
            """{"contact_id":"c-1","name":"Ann","email":null}""",
            mapper.writeValueAsString(UpdateContact("c-1", name = Change.Set("Ann"), email = Change.Clear)),
        )
    }

    @Test
    fun `an input is read as it was written`() {
        val inputs = listOf(
            SendMessage(channel = Channel.of("fax"), to = "+15551234567", message = "hi", type = MessageType.Image),
            UpdateContact("c-1", name = Change.Set("Ann"), email = Change.Clear, tags = Change.Set(listOf("a")), customFields = Change.Set(jsonObject("a" to 1))),
            CreateContactGroup("G", type = GroupType.Dynamic, filters = GroupFilters(tags = listOf("vip"))),
            ListContacts(tags = listOf("vip"), perPage = 2), GetAccount(), SendText("+50912345678", "Hello", previewUrl = true),
        )
        for (input in inputs) assertEquals(input, mapper.readValue(mapper.writeValueAsString(input), input.javaClass))
        assertEquals(JsonValue.Int(5), mapper.readValue("5", JsonValue::class.java))
        assertEquals(MessageStatus.Failed, mapper.readValue("\"failed\"", MessageStatus::class.java))
    }

    @Test
    fun `what is wrong in an input is named without its value`() {
        fun refused(type: Class<*>, json: String): String = assertThrows<JacksonException> { mapper.readValue(json, type) }.message!!
        assertTrue("unknown field mesage: expected one of channel, to, message" in refused(SendMessage::class.java, """{"to":"+1","mesage":"x"}"""))
        assertTrue("CreateContact: phone_number: expected a value" in refused(CreateContact::class.java, "{}"))
        val wrong = refused(ListContacts::class.java, """{"per_page":"a secret text"}""")
        assertTrue("ListContacts: per_page: expected an integer" in wrong && "secret" !in wrong, wrong)
    }
}
