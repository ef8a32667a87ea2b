// Message templates, rendered here.
package dev.hudhud

/**
 * A message template: `{{ name }}` becomes a value.
 *
 * This comes close to what the vendor renders, and no closer than its page goes: it states the form of a variable, and
 * neither escaping nor what becomes of one without a value.
 */
public class Template(private val source: String) {
    /** The names of the variables, each once, in order of first appearance. */
    public val variables: List<String> by lazy { Halves.told("source" to source) { templateVariables(source) } }

    /**
     * Fills in values. What a value holds is text: variables in it are not filled in again.
     *
     * @throws HudhudException.InvalidRequest that names every variable without a value, unless [missing] says otherwise.
     */
    @JvmOverloads
    public fun render(values: Map<String, kotlin.Any?>, missing: Missing = Missing.ERROR): String =
        values.mapValues { (_, value) -> jsonOf(value) }.let { given ->
            Halves.told("source" to source, "" to given) { Door.usual.render(source, given, missing) }
        }
}
