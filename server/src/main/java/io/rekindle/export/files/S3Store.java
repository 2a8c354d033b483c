package io.rekindle.export.files;

import io.rekindle.export.Export;
import io.rekindle.platform.OutgoingAddresses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.hc.client5.http.DnsResolver;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** A bucket, addressed by its path, which every compatible storage understands. Only where the server may connect to. */
final class S3Store implements Store {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final S3Client client;
    private final Export.S3 place;

    S3Store(Export.S3 place, String secret, OutgoingAddresses addresses) {
        this.place = place;
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
        client = S3Client.builder()
                .endpointOverride(URI.create(place.endpoint()))
                .region(Region.of(place.region()))
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(place.accessKey(), secret)))
                .forcePathStyle(true)
                // Others than Amazon's own do not all know bodies signed piece by piece, and trailing checksums.
                .serviceConfiguration(configuration -> configuration.chunkedEncodingEnabled(false))
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .httpClientBuilder(Apache5HttpClient.builder()
                        .dnsResolver(resolver)
                        .connectionTimeout(PATIENCE)
                        .socketTimeout(PATIENCE))
                .build();
    }

    @Override
    public void put(String name, Path file) throws IOException {
        try {
            client.putObject(request -> request.bucket(place.bucket()).key(key(name)), file);
        } catch (SdkException e) {
            throw new IOException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Deletes what was put; what is not there is no fault. */
    void delete(String name) throws IOException {
        try {
            client.deleteObject(request -> request.bucket(place.bucket()).key(key(name)));
        } catch (SdkException e) {
            throw new IOException(String.valueOf(e.getMessage()), e);
        }
    }

    private String key(String name) {
        return place.prefix().isEmpty() ? name : place.prefix() + "/" + name;
    }

    @Override
    public void close() {
        client.close();
    }
}
