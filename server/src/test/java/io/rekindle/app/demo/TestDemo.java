package io.rekindle.app.demo;

import io.rekindle.app.server.DataFolder;
import io.rekindle.testing.TestFolders;
import io.rekindle.testing.TestPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;

/** Small demonstrations on the tests' PostgreSQL. */
final class TestDemo {
    private TestDemo() {}

    static Demo start(int customers, long seed, double effect, Map<String, String> more) {
        var place = TestPostgres.newDatabase();
        var settings = new HashMap<String, String>(Map.of(
                "rekindle.database.url",
                place.url(),
                "rekindle.database.user",
                place.user(),
                "rekindle.database.password",
                place.password(),
                "rekindle.database.connections",
                "16",
                "rekindle.warehouse.memory-limit",
                "1GB"));
        settings.putAll(more);
        return Demo.start(
                new Demo.Wish(
                        new DataFolder(TestFolders.newFolder("loop")), freePort(), customers, seed, effect, settings),
                new Silent(),
                Clock.systemUTC().instant());
    }

    static DemoReport run(Demo demo) {
        var clock = Clock.systemUTC();
        return demo.run(clock.instant(), clock);
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Silent implements Stage {
        @Override
        public void begin(String what, long of) {}

        @Override
        public void at(long done) {}

        @Override
        public void end(String result) {}
    }
}
