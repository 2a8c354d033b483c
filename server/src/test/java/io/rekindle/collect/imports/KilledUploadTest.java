package io.rekindle.collect.imports;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.testing.RekindleTest;
import io.rekindle.testing.ServerProcess;
import io.rekindle.testing.TestFolders;
import io.rekindle.testing.TestPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A whole server of its own process, killed without warning while a file arrives. */
class KilledUploadTest {
    private static final String NAME = "Zenobia Quillfeather";

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path folder = TestFolders.newFolder("killed-upload");
    private final TestPostgres.Place database = TestPostgres.newDatabase();
    private final int port = ServerProcess.freePort();

    @Test
    void whatHadArrivedOfAFileIsGoneWithTheNextStart() throws Exception {
        var server = start();
        try {
            answering();
            try (var half = new Socket(InetAddress.getLoopbackAddress(), port)) {
                var rows = ("c-1," + NAME + "\n").repeat(20_000);
                half.getOutputStream().write("""
                        POST /api/imports/uploads HTTP/1.1
                        Host: 127.0.0.1
                        Authorization: Bearer %s
                        Content-Type: multipart/form-data; boundary=part
                        Content-Length: 100000000

                        --part
                        Content-Disposition: form-data; name="file"; filename="customers.csv"

                        customer,name
                        %s""".formatted(RekindleTest.ADMIN_KEY, rows)
                        .replace("\n", "\r\n")
                        .getBytes(StandardCharsets.UTF_8));
                half.getOutputStream().flush();
                Awaitility.await()
                        .atMost(Duration.ofMinutes(1))
                        .ignoreExceptions()
                        .until(() -> !holding().isEmpty());
                server.destroyForcibly().waitFor();
            }
            for (var left : holding())
                assertThat(Files.getPosixFilePermissions(left.getParent()))
                        .as("the folder of %s", left)
                        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
            server = start();
            answering();
            assertThat(holding()).isEmpty();
        } finally {
            server.destroy();
            if (!server.waitFor(60, TimeUnit.SECONDS)) server.destroyForcibly().waitFor();
        }
    }

    /** Every file with the name in it where files arrive, and in what is the machine's temporary folder. */
    private List<Path> holding() throws IOException {
        var found = new ArrayList<Path>();
        for (var place : List.of("uploads", "temporary")) {
            if (!Files.isDirectory(folder.resolve(place))) continue;
            for (var file : TestFolders.filesIn(folder.resolve(place))) {
                try {
                    if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(NAME))
                        found.add(file);
                } catch (NoSuchFileException goneMeanwhile) {
                    assertThat(file).doesNotExist();
                }
            }
        }
        return found;
    }

    private void answering() {
        Awaitility.await().atMost(Duration.ofMinutes(2)).ignoreExceptions().until(() -> {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/api/sources".formatted(port)))
                    .timeout(Duration.ofSeconds(20))
                    .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY);
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString())
                            .statusCode()
                    == 200;
        });
    }

    private Process start() throws IOException {
        var temporary = Files.createDirectories(folder.resolve("temporary"));
        return ServerProcess.start(
                folder,
                port,
                Map.of(
                        "REKINDLE_DATABASE_URL", database.url(),
                        "REKINDLE_DATABASE_USER", database.user(),
                        "REKINDLE_DATABASE_PASSWORD", database.password(),
                        "REKINDLE_DATABASE_CONNECTIONS", "12",
                        "JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + temporary));
    }
}
