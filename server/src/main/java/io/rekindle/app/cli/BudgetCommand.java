package io.rekindle.app.cli;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rekindle budget}: how often one customer is written to at most. */
@Command(
        name = "budget",
        description = "The contact budget: list, set and remove its limits, and see how far a customer's is used up.",
        mixinStandardHelpOptions = true,
        subcommands = {
            BudgetCommand.ListLimits.class,
            BudgetCommand.SetLimit.class,
            BudgetCommand.RemoveLimit.class,
            BudgetCommand.OfCustomer.class
        })
final class BudgetCommand extends CommandGroup {
    @Command(name = "list", description = "List the limits.", mixinStandardHelpOptions = true)
    static final class ListLimits extends ServerCommand {
        @Override
        public void run() {
            var limits = data.withServer(api -> api.get("/api/contact-limits"));
            json.print(limits, () -> {
                System.out.printf(
                        "settings: at most %d in %d days, everything together%n",
                        limits.at("/ofSettings/most").asInt(),
                        limits.at("/ofSettings/days").asInt());
                for (var limit : limits.path("items"))
                    System.out.printf(
                            "%4d  at most %d in a %s: %s, %s%n",
                            limit.path("id").asLong(),
                            limit.path("most").asInt(),
                            limit.path("window").asString(),
                            limit.path("category").asString("all categories"),
                            limit.path("channel").asString("all channels"));
            });
        }
    }

    @Command(
            name = "set",
            description = "Set a limit, in place of one of the same kind.",
            mixinStandardHelpOptions = true)
    static final class SetLimit extends ServerCommand {
        @Parameters(paramLabel = "MOST", description = "How many messages at most; 0: none.")
        private int most;

        @Option(names = "--within", required = true, paramLabel = "WINDOW", description = "day, week or month.")
        @SuppressWarnings("NullAway.Init")
        private String window;

        @Option(
                names = "--category",
                paramLabel = "CATEGORY",
                description = "Only promotion, newsletter, reminder or survey; absent: all together.")
        private @Nullable String category;

        @Option(names = "--channel", paramLabel = "CHANNEL", description = "Only this channel; absent: all together.")
        private @Nullable String channel;

        @Override
        public void run() {
            var body = new HashMap<String, Object>();
            body.put("most", most);
            body.put("window", window);
            if (category != null) body.put("category", category);
            if (channel != null) body.put("channel", channel);
            var set = data.withServer(api -> api.put("/api/contact-limits", body));
            json.print(
                    set,
                    () -> System.out.printf("limit %d is set%n", set.path("id").asLong()));
        }
    }

    @Command(name = "remove", description = "Take a limit away.", mixinStandardHelpOptions = true)
    static final class RemoveLimit extends ServerCommand {
        @Parameters(paramLabel = "ID", description = "The limit's number in 'budget list'.")
        private long id;

        @Override
        public void run() {
            data.withServer(api -> api.delete("/api/contact-limits/" + id));
            json.print(Map.of("removed", id), () -> System.out.printf("limit %d is gone%n", id));
        }
    }

    @Command(
            name = "customer",
            description = "How far every limit is used up for one customer today.",
            mixinStandardHelpOptions = true)
    static final class OfCustomer extends ServerCommand {
        @Parameters(paramLabel = "CUSTOMER", description = "The customer's id in Rekindle.")
        private long customer;

        @Override
        public void run() {
            var uses = data.withServer(api -> api.get("/api/customers/" + customer + "/contact-budget"))
                    .path("items");
            json.print(uses, () -> {
                for (var use : uses)
                    System.out.printf(
                            "%d of %d in %d days (%d reserved): %s, %s%n",
                            use.path("used").asInt() + use.path("reserved").asInt(),
                            use.path("most").asInt(),
                            use.path("days").asInt(),
                            use.path("reserved").asInt(),
                            use.path("category").asString("all categories"),
                            use.path("channel").asString("all channels"));
            });
        }
    }
}
