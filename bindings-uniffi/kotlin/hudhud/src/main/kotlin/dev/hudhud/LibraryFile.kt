// The place of the native library.
package dev.hudhud

import com.sun.jna.Platform
import java.io.File
import java.io.IOException
import java.io.InputStream
import java.nio.file.Files

/** The native library, taken out of the jar once: JNA and JNI then load the same file. */
internal object LibraryFile {
    private const val NAME = "hudhud_native"
    private const val FILE = "dev.hudhud.library"
    private const val FOLDER = "dev.hudhud.library.dir"
    private const val JNA = "jna.tmpdir"

    /**
     * The path of the library: what the property `dev.hudhud.library` names, or what the jar holds for this platform under
     * JNA's name for it, such as `linux-x86-64/libhudhud_native.so`. That is unpacked into the first folder from which
     * libraries can be loaded; JNA unpacks its own part there too.
     */
    val path: String by lazy {
        // An app's libraries lie where the system finds them by name.
        if (Platform.isAndroid()) return@lazy NAME
        System.getProperty(FILE)?.let { return@lazy File(it).absolutePath }
        val resource = "/${Platform.RESOURCE_PREFIX}/${System.mapLibraryName(NAME)}"
        val failures = LinkedHashMap<File, String>()
        for (folder in folders()) {
            val library = LibraryFile::class.java.getResourceAsStream(resource) ?: throw UnsatisfiedLinkError(
                "dev.hudhud has no native library for ${Platform.RESOURCE_PREFIX}: build it from source, " +
                    "and name it by the property $FILE or put it into a jar under that folder.",
            )
            val loaded = try {
                load(library, folder)
            } catch (error: IOException) {
                failures[folder] = error.message.orEmpty()
                continue
            } catch (error: UnsatisfiedLinkError) {
                failures[folder] = error.message.orEmpty().substringAfterLast(": ")
                continue
            }
            // JNA tries one folder alone, and this property is how it learns of another.
            val isUsual = failures.isEmpty() && System.getProperty(FOLDER) == null
            if (!isUsual && System.getProperty(JNA) == null) System.setProperty(JNA, folder.path)
            return@lazy loaded.path
        }
        throw UnsatisfiedLinkError(
            "dev.hudhud cannot load its native library from any of these folders: " +
                failures.entries.joinToString("; ") { (folder, why) -> "$folder ($why)" } +
                ". Name a folder that is writable and not mounted noexec by -D$FOLDER=…, " +
                "or put the library of the jar, $resource, where it may be loaded, and name the file by -D$FILE=… " +
                "and JNA's by -Djna.boot.library.path=…",
        )
    }

    /** Finds the folder for JNA, before JNA looks for one. */
    fun prepare() {
        path
    }

    /** The folders to try, in this order: the one that was asked for, JNA's, and other usual ones. */
    private fun folders(): List<File> {
        System.getProperty(FOLDER)?.let { return listOf(File(it).absoluteFile) }
        val cache = System.getenv("XDG_CACHE_HOME")?.ifBlank { null } ?: (System.getProperty("user.home").orEmpty() + "/.cache")
        val named = System.getProperty(JNA) ?: "$cache/JNA/temp".takeIf { Platform.isLinux() }
        val others = if (Platform.isWindows()) emptyList() else listOf(System.getenv("XDG_RUNTIME_DIR"), "/var/tmp", "/dev/shm")
        return (listOf(named, System.getProperty("java.io.tmpdir")) + others).filterNotNull().map { File(it).absoluteFile }.distinct()
    }

    /** Unpacks the library into a folder, and loads it to see whether that is allowed there. */
    private fun load(library: InputStream, folder: File): File {
        if (!folder.isDirectory && !folder.mkdirs()) throw IOException("cannot be made")
        // Readable by this user alone, also where all users write.
        val file = Files.createTempFile(folder.toPath(), "hudhud", ".${System.mapLibraryName(NAME).substringAfterLast('.')}").toFile()
        try {
            library.use { input -> file.outputStream().use(input::copyTo) }
            System.load(file.path)
        } catch (error: Throwable) {
            file.delete()
            throw error
        }
        file.deleteOnExit()
        return file
    }
}
