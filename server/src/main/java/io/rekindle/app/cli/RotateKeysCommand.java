package io.rekindle.app.cli;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code rekindle rotate-keys}. */
@Command(
        name = "rotate-keys",
        description = {
            "Exchange the keys everything personal is sealed with, while the server works.",
            "It goes on in the background, also after a restart; the old keys are deleted at its end.",
            "Then make a backup: those of before need the key file of before."
        },
        mixinStandardHelpOptions = true)
final class RotateKeysCommand extends ServerCommand {
    @Option(names = "--status", description = "Tell how far it is, and begin nothing.")
    private boolean status;

    @Override
    public void run() {
        var progress =
                data.withServer(api -> status ? api.get("/api/key-rotation") : api.post("/api/key-rotation", Map.of()));
        json.print(progress, () -> {
            if (!progress.path("rotating").asBoolean()) System.out.println("no exchange of keys is under way");
            else
                System.out.printf(
                        "under way: %,d sealed things are left under the old keys%n",
                        progress.path("left").asLong());
            if (!progress.path("failure").isNull())
                System.out.println(
                        "the last try failed: " + progress.path("failure").asString());
        });
    }
}
