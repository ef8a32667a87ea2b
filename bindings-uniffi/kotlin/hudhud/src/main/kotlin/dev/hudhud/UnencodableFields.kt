// Lone surrogates: a Kotlin string can contain them, and UTF-8 cannot.
package dev.hudhud

import java.lang.reflect.Modifier
import java.nio.charset.CharacterCodingException

/** Throws an error about a field whose text UniFFI cannot encode, with the same message as in the other languages. */
internal class WholeTexts(private val core: ServiceAdapter) : ServiceAdapter by core {
    override fun callByName(name: String, input: String): Pair<kotlin.Any, Map<String, JsonValue>> =
        UnencodableFields.reporting("input" to input) { core.callByName(name, input) }

    override fun request(call: kotlin.Any, options: CallOptions): Request =
        reporting(call, options) { core.request(call, options) }

    override fun exchange(call: kotlin.Any, options: CallOptions, entropy: ByteArray): ExchangeHandle =
        reporting(call, options) { core.exchange(call, options, entropy) }

    override fun pages(call: kotlin.Any, options: CallOptions): Pager =
        reporting(call, options) { core.pages(call, options) }

    private inline fun <T> reporting(call: kotlin.Any, options: CallOptions, run: () -> T): T =
        if (call is RouteCall) UnencodableFields.reporting("path" to call.path, "" to call.fields, "" to options, run = run)
        else UnencodableFields.reporting("" to call, "" to options, run = run)
}

/** Searches for the fields with lone surrogates after UniFFI failed to encode a text. */
internal object UnencodableFields {
    /** Calls [run], which passes the values of [given] to UniFFI, and reports their fields with lone surrogates by name. */
    inline fun <T> reporting(vararg given: Pair<String, kotlin.Any?>, run: () -> T): T = try {
        run()
    } catch (error: CharacterCodingException) {
        val fields = LinkedHashSet<String>()
        for ((name, value) in given) find(name, value, fields, HashSet())
        if (fields.isEmpty()) throw error
        refuseLoneSurrogates(fields.toList())
        throw error
    }

    /** Adds the names of the fields with lone surrogates, and of those with numbers that JSON lacks. */
    fun find(at: String, value: kotlin.Any?, found: MutableSet<String>, numbers: MutableSet<String>) {
        when (value) {
            null -> {}
            is Number, is Boolean, is Enum<*>, is ByteArray -> {}
            is CharSequence -> {
                if (!isWhole(value)) found += whole(at)
            }
            is JsonValue.Double -> {
                if (!value.value.isFinite()) numbers += at
            }
            is JsonValue.Text -> find(at, value.value, found, numbers)
            is JsonValue.Digits -> find(at, value.text, found, numbers)
            is JsonValue.Array -> find(at, value.items, found, numbers)
            is JsonValue.Object -> find(at, value.members, found, numbers)
            is Timestamp -> find(at, value.text, found, numbers)
            is Change.Set<*> -> find(at, value.value, found, numbers)
            is Iterable<*> -> value.forEachIndexed { position, item -> find(inside(at, "$position"), item, found, numbers) }
            is Map<*, *> -> for ((name, item) in value) {
                val here = inside(at, name.toString())
                if (!isWhole(name.toString())) found += whole(here)
                find(here, item, found, numbers)
            }
            else -> members(value).forEach { (name, member) ->
                // The call inside the enum of all calls and the text of an open enum do not add a name to the path.
                find(if (name == "call" || name == "value") at else inside(at, name), member, found, numbers)
            }
        }
    }

    /** Returns the fields of a class of this library. */
    private fun members(value: kotlin.Any): List<Pair<String, kotlin.Any?>> =
        if (value.javaClass.name.startsWith("dev.hudhud.")) {
            value.javaClass.declaredFields.filter { !Modifier.isStatic(it.modifiers) }.map { field ->
                field.isAccessible = true
                field.name to field.get(value)
            }
        } else {
            emptyList()
        }

    private fun inside(at: String, name: String) = if (at.isEmpty()) name else "$at.$name"

    private fun isWhole(text: CharSequence): Boolean {
        var at = 0
        while (at < text.length) {
            val pairs = at + 1 < text.length && Character.isSurrogatePair(text[at], text[at + 1])
            if (!pairs && Character.isSurrogate(text[at])) return false
            at += if (pairs) 2 else 1
        }
        return true
    }

    /** Replaces lone surrogates in a name. */
    private fun whole(name: String): String = String(name.toByteArray(Charsets.UTF_8), Charsets.UTF_8)
}

/** Names the call in errors about its arguments, and each field with a number that JSON lacks. */
internal object CallArguments {
    /** Calls [run], which passes the arguments of the call of this name to the native library. */
    inline fun <T> named(call: String, fields: kotlin.Any?, options: CallOptions, run: () -> T): T = try {
        run()
    } catch (error: HudhudException.InvalidRequest) {
        if (error.failure.call == null) refuse(call, fields, options, error.failure.fieldErrors)
        throw error
    }

    fun refuse(call: String, fields: kotlin.Any?, options: CallOptions, errors: List<FieldErrors>) {
        val numbers = LinkedHashSet<String>()
        // The native library does not know the place of a number that it cannot read.
        if (errors.any { it.field == "json" }) {
            for (given in listOf(if (fields is RouteCall) fields.fields else fields, options)) UnencodableFields.find("", given, HashSet(), numbers)
        }
        refuseCall(call, if (numbers.isEmpty()) errors else emptyList(), numbers.toList())
    }
}
