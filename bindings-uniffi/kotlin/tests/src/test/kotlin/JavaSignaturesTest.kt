// The public methods that Java sees have no types of Kotlin.
package dev.hudhud.tests

import dev.hudhud.*
import dev.hudhud.micrometer.MicrometerObserver
import dev.hudhud.okhttp.OkHttpTransport
import dev.hudhud.opentelemetry.OpenTelemetryObserver
import dev.hudhud.testing.Delivery
import dev.hudhud.testing.FakeTransport
import java.lang.reflect.GenericArrayType
import java.lang.reflect.Method as JavaMethod
import java.lang.reflect.Modifier
import java.lang.reflect.ParameterizedType
import java.lang.reflect.Type
import java.lang.reflect.WildcardType
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class JavaSignaturesTest {
    private val begin = listOf(
        Zagely::class, Wazaj::class, Webhook::class, WebhookException::class, Template::class, JavaHttpTransport::class,
        OkHttpTransport::class, Transport::class, HudhudException::class, ResponseCollector::class, FakeTransport::class,
        Delivery::class, Change.Set::class, CallEvent.AttemptBegan::class, CallEvent.AttemptEnded::class, MicrometerObserver::class,
        OpenTelemetryObserver::class,
    ).map { it.java } + listOf("Hudhud", "Json", "Cancellations", "testing.Deliveries").map { Class.forName("dev.hudhud.$it") }

    @Test
    fun `methods that Java sees have no types of Kotlin`() {
        val found = LinkedHashSet<String>()
        val seen = LinkedHashSet<Class<*>>()
        val queue = ArrayDeque<Class<*>>(begin)
        while (queue.isNotEmpty()) {
            val type = queue.removeFirst()
            if (!type.name.startsWith("dev.hudhud.") || !seen.add(type)) continue
            queue += type.declaredClasses.filter { Modifier.isPublic(it.modifiers) }
            for (method in type.declaredMethods.filter(::isForJava)) {
                val types = (listOf(method.genericReturnType) + method.genericParameterTypes).flatMap(::classes)
                queue += types
                types.filter { it.name.startsWith("kotlin") && it.name !in ALLOWED }.forEach { found += "${type.name}.${method.name}: ${it.name}" }
            }
        }
        assertTrue(seen.size > 200, "${seen.size} classes were checked")
        // A transport in Java implements another interface.
        assertEquals(setOf("dev.hudhud.Transport.send: kotlin.coroutines.Continuation") + transports, found)
    }

    private val transports = listOf("JavaHttpTransport", "okhttp.OkHttpTransport", "testing.FakeTransport")
        .map { "dev.hudhud.$it.send: kotlin.coroutines.Continuation" }

    /** Returns false for methods that Java cannot name. Kotlin puts a `$` or a `-` into the names of internal ones. */
    private fun isForJava(method: JavaMethod): Boolean =
        Modifier.isPublic(method.modifiers) && !method.isSynthetic && method.name.none { it == '$' || it == '-' }

    private fun classes(type: Type): List<Class<*>> = when (type) {
        is Class<*> -> listOf(if (type.isArray) type.componentType else type)
        is ParameterizedType -> classes(type.rawType) + type.actualTypeArguments.flatMap(::classes)
        is WildcardType -> (type.upperBounds + type.lowerBounds).flatMap(::classes)
        is GenericArrayType -> classes(type.genericComponentType)
        else -> emptyList()
    }

    private companion object {
        /** The type of a property that the compiler adds to every enum. */
        val ALLOWED = setOf("kotlin.enums.EnumEntries")
    }
}
