// A connection pool for programs with one user of the database.
package dev.hudhud.databases

import java.sql.Connection
import javax.sql.DataSource

/** A data source with one connection, as a pool of that size. */
internal class OneConnection(source: DataSource) : DataSource by source {
    private val one: Connection = source.connection

    override fun getConnection(): Connection = object : Connection by one {
        override fun close() {}
    }
}
