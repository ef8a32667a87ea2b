// Local rendering of message templates.
package dev.hudhud

/**
 * A message template: `{{ name }}` becomes a value.
 *
 * The result can differ from what the vendor renders. The vendor's page states the form of a variable. It states neither
 * escaping nor the result for a variable without a value.
 */
public class Template(private val source: String) {
    /** The names of the variables, each once, in order of first appearance. */
    public val variables: List<String> by lazy { UnencodableFields.reporting("source" to source) { templateVariables(source) } }

    /**
     * Replaces the variables by their values, which are converted as [jsonOf] does. Variables inside a value are not replaced.
     *
     * @throws HudhudException.InvalidRequest that names every variable without a value, unless [missing] is set to another
     *   behaviour.
     * @throws IllegalArgumentException if a value cannot become JSON.
     */
    @JvmOverloads
    public fun render(values: Map<String, kotlin.Any?>, missing: MissingPolicy = MissingPolicy.ERROR): String =
        jsonMembers(values).let { given ->
            UnencodableFields.reporting("source" to source, "" to given) { NativeBridge.default.render(source, given, missing) }
        }
}
