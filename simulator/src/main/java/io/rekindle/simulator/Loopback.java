package io.rekindle.simulator;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Set;

/** The simulator plays with this machine only: it meets no address but the loopback ones. */
final class Loopback {
    private static final Set<String> HOSTS = Set.of("127.0.0.1", "localhost", "[::1]");

    private Loopback() {}

    static boolean contains(URI address) {
        return "http".equals(address.getScheme()) && address.getHost() != null && HOSTS.contains(address.getHost());
    }

    static URI required(URI address) {
        if (!contains(address))
            throw new IllegalArgumentException(
                    "%s is not on this machine: the simulator only meets http://127.0.0.1".formatted(address));
        return address;
    }

    /** A client that follows no redirect and passes through no proxy, so that it cannot be led elsewhere. */
    static HttpClient client() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(HttpClient.Builder.NO_PROXY)
                .connectTimeout(Duration.ofSeconds(10))
                .build();
    }
}
