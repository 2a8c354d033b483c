package io.rekindle.app.cli;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code rekindle key}: API keys of the management API. */
@Command(
        name = "key",
        description = "API keys: list, create, revoke.",
        mixinStandardHelpOptions = true,
        subcommands = {KeyCommand.ListKeys.class, KeyCommand.CreateKey.class, KeyCommand.RevokeKey.class})
final class KeyCommand extends CommandGroup {
    @Command(name = "list", description = "List the keys, without their secrets.", mixinStandardHelpOptions = true)
    static final class ListKeys extends ServerCommand {
        @Override
        public void run() {
            var keys = data.withServer(api -> api.get("/api/keys")).path("items");
            json.print(keys, () -> {
                for (var key : keys)
                    System.out.printf(
                            "%4d  %-10s %-24s %s%s%n",
                            key.path("id").asLong(),
                            key.path("hint").asString(),
                            key.path("name").asString(),
                            key.path("roles"),
                            key.path("revokedAt").isNull() ? "" : "  revoked");
            });
        }
    }

    @Command(
            name = "create",
            description = "Make a key; its secret is printed this once.",
            mixinStandardHelpOptions = true)
    static final class CreateKey extends ServerCommand {
        @Parameters(paramLabel = "NAME", description = "Who or what uses the key.")
        @SuppressWarnings("NullAway.Init")
        private String name;

        @Mixin
        private RolesOption roles = new RolesOption();

        @Override
        public void run() {
            var made = data.withServerOrNew(api -> api.post("/api/keys", Map.of("name", name, "roles", roles.given())));
            json.print(
                    made,
                    () -> System.out.printf(
                            "key %d: %s%nIt is not shown again.%n",
                            made.path("key").path("id").asLong(),
                            made.path("secret").asString()));
        }
    }

    @Command(name = "revoke", description = "From now on the key opens nothing.", mixinStandardHelpOptions = true)
    static final class RevokeKey extends ServerCommand {
        @Parameters(paramLabel = "ID", description = "The key's number in 'key list'.")
        private long id;

        @Override
        public void run() {
            data.withServer(api -> api.delete("/api/keys/" + id));
            json.print(Map.of("revoked", id), () -> System.out.printf("key %d opens nothing any more%n", id));
        }
    }
}
