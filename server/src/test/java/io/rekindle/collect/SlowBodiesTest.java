package io.rekindle.collect;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.app.server.DataFolder;
import io.rekindle.app.server.RunningServer;
import io.rekindle.testing.TestFolders;
import io.rekindle.testing.TestPostgres;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Anybody may open a connection and begin to send: what does not come must hold nobody else up. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SlowBodiesTest {
    private static final String KEY = "slow-bodies-write-key";
    private static final int STRANGERS = 60;
    private static final int BEGUN = 100_000;

    private RunningServer server;

    @BeforeAll
    void start() {
        var place = TestPostgres.newDatabase();
        server = RunningServer.start(
                new DataFolder(TestFolders.newFolder("data")),
                0,
                Map.of(
                        "rekindle.database.url",
                        place.url(),
                        "rekindle.database.user",
                        place.user(),
                        "rekindle.database.password",
                        place.password(),
                        "rekindle.write-key",
                        KEY,
                        "rekindle.collect.bodies-in-memory",
                        "1MB",
                        "rekindle.collect.slowest-body",
                        "2s",
                        "server.tomcat.connection-timeout",
                        "2s"));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void bodiesThatDoNotComeTakeNoMoreThanTheirShareAndAreGivenUp() throws Exception {
        var sockets = new ArrayList<Socket>();
        try {
            for (int i = 0; i < STRANGERS; i++)
                sockets.add(begin("POST /v1/batch HTTP/1.1\r\nContent-Length: 480000\r\n", BEGUN));
            var answers = new ArrayList<Integer>();
            for (var socket : sockets) answers.add(status(socket));
            assertThat(answers)
                    .as("some were let in, no more than there is room for")
                    .containsOnly(408, 429);
        } finally {
            for (var socket : sockets) socket.close();
        }
        var until = Instant.now().plusSeconds(10);
        while (send() != 200)
            assertThat(Instant.now()).as("what they held is given back").isBefore(until);
    }

    @Test
    void whoNamesAWrongKeyIsRefusedBeforeTheBodyComes() throws Exception {
        var begun = Instant.now();
        try (var socket =
                begin("POST /v1/batch HTTP/1.1\r\nX-Write-Key: none-of-ours\r\nContent-Length: 480000\r\n", 0)) {
            assertThat(status(socket)).isEqualTo(401);
        }
        assertThat(Duration.between(begun, Instant.now())).isLessThan(Duration.ofMillis(1_900));
    }

    /** Looking for a token among the parts of an upload would write it to the disk first. */
    @Test
    void aStrangersUploadIsNotRead() throws Exception {
        var begun = Instant.now();
        try (var socket = begin(
                "POST /api/imports/uploads HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000000000\r\n",
                BEGUN)) {
            assertThat(status(socket)).isIn(401, 403);
        }
        assertThat(Duration.between(begun, Instant.now())).isLessThan(Duration.ofMillis(1_900));
    }

    private Socket begin(String head, int bytes) throws IOException {
        var at = URI.create(server.url());
        var socket = new Socket(at.getHost(), at.getPort());
        socket.setSoTimeout(20_000);
        var out = socket.getOutputStream();
        out.write((head + "Host: 127.0.0.1\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        try {
            out.write(" ".repeat(bytes).getBytes(StandardCharsets.US_ASCII));
            out.flush();
        } catch (IOException refusedAlready) {
            // Its answer may be there to be read all the same.
        }
        return socket;
    }

    private static int status(Socket socket) throws IOException {
        var line = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
        assertThat(line).startsWith("HTTP/1.1 ");
        return Integer.parseInt(line.substring(9));
    }

    private int send() throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create(server.url() + "/v1/track"))
                                    .header("X-Write-Key", KEY)
                                    .POST(HttpRequest.BodyPublishers.ofString("{\"userId\":\"u\",\"event\":\"Seen\"}"))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }
}
