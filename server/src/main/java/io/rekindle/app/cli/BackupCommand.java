package io.rekindle.app.cli;

import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code rekindle backup}. */
@Command(
        name = "backup",
        description = {
            "Copy both stores, as of one instant, into an empty folder, while the server runs.",
            "The key file is not part of it: back it up apart, to another place."
        },
        mixinStandardHelpOptions = true)
final class BackupCommand implements Runnable {
    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Parameters(paramLabel = "DIR", description = "An empty or new folder.")
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Override
    public void run() {
        var manifest = data.withServer(api -> api.post(
                "/api/backups", Map.of("folder", folder.toAbsolutePath().toString())));
        json.print(manifest, () -> {
            System.out.printf("backed up to %s%n", folder.toAbsolutePath());
            System.out.println(
                    "The key file is not in it; without that file names and addresses cannot be read. Keep a copy apart.");
        });
    }
}
