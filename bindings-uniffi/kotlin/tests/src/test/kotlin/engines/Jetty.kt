// An engine in the package of Ktor's engine Jetty, which is not a dependency of the tests.
package io.ktor.client.engine.jetty

import dev.hudhud.tests.FakeEngine

class FakeJetty : FakeEngine()
