package io.rekindle.platform;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.util.Timeout;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * Calls to addresses users gave: only to where {@link OutgoingAddresses} allows, no redirects, with an end to every wait.
 * The name is looked up once, and what was allowed is what is connected to.
 */
@Component
public class OutgoingHttp implements DisposableBean {
    private static final int MOST_CONNECTIONS = 200;
    private static final int MOST_A_PLACE = 20;
    private static final int LONGEST_BODY = 16 * 1024;

    private final CloseableHttpClient http;
    private final Duration patience;

    OutgoingHttp(OutgoingAddresses addresses, OutgoingSettings settings) {
        this.patience = settings.patience();
        var resolver = new DnsResolver() {
            @Override
            public InetAddress[] resolve(String host) throws UnknownHostException {
                return addresses.of(host);
            }

            @Override
            public String resolveCanonicalHostname(String host) {
                return host;
            }
        };
        var wait = Timeout.of(patience);
        http = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(resolver)
                        .setMaxConnTotal(MOST_CONNECTIONS)
                        .setMaxConnPerRoute(MOST_A_PLACE)
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(wait)
                                .setSocketTimeout(wait)
                                .setTimeToLive(1, TimeUnit.MINUTES)
                                .build())
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(wait)
                        .setResponseTimeout(wait)
                        .build())
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableContentCompression()
                .setUserAgent("Rekindle")
                .build();
    }

    /** What came back. The body is not read. */
    public record Answer(int status, Optional<String> retryAfter) {}

    /**
     * Posts a JSON body.
     *
     * @throws IOException when there was no answer, or none in time
     * @throws Problem {@code address_not_allowed}
     */
    public Answer post(URI to, Map<String, String> headers, String body) throws IOException {
        var request = new HttpPost(to);
        headers.forEach(request::setHeader);
        request.setEntity(new StringEntity(body, ContentType.APPLICATION_JSON));
        // A server that sends a byte now and then would keep each wait short and the call for ever.
        var end = Thread.ofVirtual().start(() -> {
            try {
                Thread.sleep(patience.multipliedBy(2));
                request.abort();
            } catch (InterruptedException answered) {
                // In time.
            }
        });
        try {
            try (var response = http.executeOpen(null, request, null)) {
                // A short body is read, so that the connection can be used again; a long one is theirs to keep.
                var entity = response.getEntity();
                if (entity != null) entity.getContent().readNBytes(LONGEST_BODY);
                var after = response.getFirstHeader("Retry-After");
                return new Answer(response.getCode(), after == null ? Optional.empty() : Optional.of(after.getValue()));
            }
        } finally {
            end.interrupt();
        }
    }

    @Override
    public void destroy() throws IOException {
        http.close();
    }
}
