package io.rekindle.app.cli;

import io.rekindle.app.server.ApiClient;
import io.rekindle.platform.Problem;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code rekindle user}: who signs in to the console. */
@Command(
        name = "user",
        description = "Users of the console: list, create, set a password, change roles, lock and unlock.",
        mixinStandardHelpOptions = true,
        subcommands = {
            UserCommand.ListUsers.class,
            UserCommand.CreateUser.class,
            UserCommand.SetPassword.class,
            UserCommand.SetRoles.class,
            UserCommand.Lock.class,
            UserCommand.Unlock.class
        })
final class UserCommand extends CommandGroup {
    @Command(name = "list", description = "List the users and their roles.", mixinStandardHelpOptions = true)
    static final class ListUsers extends ServerCommand {
        @Override
        public void run() {
            var users = data.withServer(api -> api.get("/api/users")).path("items");
            json.print(users, () -> {
                for (var user : users)
                    System.out.printf(
                            "%4d  %-32s %-24s %s%s%n",
                            user.path("id").asLong(),
                            user.path("email").asString(),
                            user.path("name").asString(),
                            user.path("roles"),
                            user.path("lockedAt").isString() ? "  locked" : "");
            });
        }
    }

    @Command(
            name = "create",
            description = "Make a user; a password that is made for it is printed this once.",
            mixinStandardHelpOptions = true)
    static final class CreateUser extends ServerCommand {
        @Mixin
        private PasswordOption password = new PasswordOption();

        @Parameters(paramLabel = "EMAIL", description = "The address to sign in with.")
        @SuppressWarnings("NullAway.Init")
        private String email;

        @Mixin
        private RolesOption roles = new RolesOption();

        @Option(names = "--name", description = "What the console calls the user (default: the address).")
        private @Nullable String name;

        @Override
        public void run() {
            var request = new HashMap<String, Object>();
            request.put("email", email);
            request.put("name", name == null ? email : name);
            request.put("roles", roles.given());
            password.given().ifPresent(given -> request.put("password", given));
            var made = data.withServerOrNew(api -> api.post("/api/users", request));
            json.print(made, () -> {
                System.out.printf(
                        "user %d: %s%n",
                        made.path("user").path("id").asLong(),
                        made.path("user").path("email").asString());
                tellPassword(made);
            });
        }
    }

    @Command(
            name = "password",
            description = {
                "Give a user another password; one that is made is printed this once.",
                "The user's console sessions end."
            },
            mixinStandardHelpOptions = true)
    static final class SetPassword extends ServerCommand {
        @Mixin
        private PasswordOption password = new PasswordOption();

        @Mixin
        private KnownUser user = new KnownUser();

        @Override
        public void run() {
            var given = password.given().map(p -> Map.of("password", p)).orElse(Map.of());
            var changed = data.withServer(api -> api.post(user.path(api, "password"), given));
            json.print(changed, () -> {
                System.out.printf(
                        "%s has another password%n",
                        changed.path("user").path("email").asString());
                tellPassword(changed);
            });
        }
    }

    @Command(
            name = "role",
            description = "Give a user other roles; the user's console sessions end.",
            mixinStandardHelpOptions = true)
    static final class SetRoles extends ServerCommand {
        @Mixin
        private KnownUser user = new KnownUser();

        @Mixin
        private RolesOption roles = new RolesOption();

        @Override
        public void run() {
            var changed = data.withServer(api -> api.post(user.path(api, "roles"), Map.of("roles", roles.given())));
            json.print(
                    changed,
                    () -> System.out.printf(
                            "%s has the roles %s%n", changed.path("email").asString(), changed.path("roles")));
        }
    }

    @Command(
            name = "lock",
            description = "Let a user sign in no more; the user's console sessions end.",
            mixinStandardHelpOptions = true)
    static final class Lock extends ServerCommand {
        @Mixin
        private KnownUser user = new KnownUser();

        @Override
        public void run() {
            var locked = data.withServer(api -> api.post(user.path(api, "lock"), Map.of()));
            json.print(
                    locked,
                    () -> System.out.printf(
                            "%s is locked%n", locked.path("email").asString()));
        }
    }

    @Command(name = "unlock", description = "Let a locked user sign in again.", mixinStandardHelpOptions = true)
    static final class Unlock extends ServerCommand {
        @Mixin
        private KnownUser user = new KnownUser();

        @Override
        public void run() {
            var unlocked = data.withServer(api -> api.post(user.path(api, "unlock"), Map.of()));
            json.print(
                    unlocked,
                    () -> System.out.printf(
                            "%s may sign in%n", unlocked.path("email").asString()));
        }
    }

    /** {@code EMAIL}: which user a command changes. */
    static final class KnownUser {
        @Parameters(paramLabel = "EMAIL", description = "The address the user signs in with.")
        @SuppressWarnings("NullAway.Init")
        private String email;

        /** Where the API makes a change to the user. */
        String path(ApiClient api, String change) {
            var sought = email.strip().toLowerCase(Locale.ROOT);
            for (var user : api.get("/api/users").path("items"))
                if (user.path("email").asString().equals(sought))
                    return "/api/users/%d/%s".formatted(user.path("id").asLong(), change);
            throw Problem.notFound("user_not_found", "there is no user %s; see 'user list'".formatted(email));
        }
    }

    /** {@code --password-stdin}: a chosen password never stands on a command line, where other users could see it. */
    static final class PasswordOption {
        @Option(
                names = "--password-stdin",
                description = "Read the password from the first line of standard input instead of making one.")
        private boolean fromInput;

        Optional<String> given() {
            if (!fromInput) return Optional.empty();
            // Not closed: standard input is not ours.
            var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            try {
                var line = input.readLine();
                if (line == null || line.isEmpty())
                    throw Problem.invalid("no_password", "--password-stdin: there is no line on standard input");
                return Optional.of(line);
            } catch (IOException e) {
                throw Problem.invalid(
                        "no_password", "--password-stdin: standard input cannot be read: " + e.getMessage());
            }
        }
    }

    private static void tellPassword(JsonNode answer) {
        var made = answer.path("password");
        if (made.isString()) System.out.printf("password %s%nIt is not shown again.%n", made.asString());
    }
}
