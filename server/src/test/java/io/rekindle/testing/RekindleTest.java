package io.rekindle.testing;

import io.rekindle.Rekindle;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.ContextConfiguration;

/**
 * A test against a whole server on a free port: an empty database, a fresh data folder, a business clock held at
 * 2026-03-01T09:00Z that {@code TimeTravel} moves. Servers are shared by the tests of a JVM that ask for the same one,
 * so a test must not rely on being alone in it. The admin key is {@link #ADMIN_KEY}, the write key {@link #WRITE_KEY}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
        classes = Rekindle.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "rekindle.demo=true",
            "rekindle.clock-start=2026-03-01T09:00:00Z",
            "rekindle.seed=7",
            "rekindle.evaluate.grace=0s",
            "rekindle.consent.quiet-from=03:10",
            "rekindle.consent.quiet-to=03:20",
            "rekindle.outgoing.allowed=127.0.0.1",
            "rekindle.webhooks.retries=50ms,100ms",
            "rekindle.webhooks.most-undelivered=400",
            "rekindle.webhooks.count-every=0s",
            "rekindle.folders.steady=300ms",
            "rekindle.admin-key=" + RekindleTest.ADMIN_KEY,
            "rekindle.admin-password=" + RekindleTest.ADMIN_PASSWORD,
            "rekindle.write-key=" + RekindleTest.WRITE_KEY
        })
@ContextConfiguration(initializers = TestStores.class)
public @interface RekindleTest {
    String ADMIN_KEY = "test-admin-key-0123456789";
    String ADMIN_PASSWORD = "test-password-0123456789";
    String WRITE_KEY = "test-write-key-0123456789";
}
