package io.rekindle.testing;

import io.rekindle.app.cli.RekindleCommand;
import io.rekindle.app.server.DataFolder;
import io.rekindle.app.server.RunningServer;
import io.rekindle.collect.EventLog;
import io.rekindle.collect.Tails;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;

/** What {@link JavaProcess} keeps the classes of: a server starts, takes up an event, is asked by a command, and ends. */
final class TrainingStart {
    private TrainingStart() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        var data = Path.of(arguments[0]);
        try (var server = RunningServer.start(
                        new DataFolder(data),
                        0,
                        Map.of(
                                "rekindle.database.url", arguments[1],
                                "rekindle.database.user", arguments[2],
                                "rekindle.database.password", arguments[3],
                                "rekindle.warehouse.memory-limit", "512MB",
                                "rekindle.write-key", RekindleTest.WRITE_KEY));
                var http = HttpClient.newHttpClient()) {
            var answer = http.send(
                    HttpRequest.newBuilder(URI.create(server.url() + "/v1/batch"))
                            .header("X-Write-Key", RekindleTest.WRITE_KEY)
                            .POST(HttpRequest.BodyPublishers.ofString("""
                                    {"batch":[{"type":"identify","userId":"u","messageId":"1","traits":{"email":"u@training.example"}},
                                    {"type":"track","userId":"u","messageId":"2","event":"Order Completed","properties":{"order_id":"o","total":7}}]}
                                    """))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) throw new IllegalStateException(answer.body());
            server.part(Tails.class).awaitAll(server.part(EventLog.class).lastSeq());
            int code = RekindleCommand.run(new String[] {"source", "list", "--data", data.toString()});
            if (code != 0) throw new IllegalStateException("the command ended with " + code);
        }
    }
}
