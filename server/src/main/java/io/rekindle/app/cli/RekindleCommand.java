package io.rekindle.app.cli;

import io.rekindle.app.analyze.AnalyzeCommand;
import io.rekindle.platform.Problem;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code rekindle}: the root of all commands, and the one place where failures become a line and an exit code. */
@Command(
        name = "rekindle",
        description = "Wins back and grows the customers a company already has, and proves what it earned.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.Provider.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "  test     Build everything and run every test (the browser test too).",
            "  bench    Measure speed against a stated baseline: intake, message-ids, segment, lift, clv, allocate, recommend,",
            "           link, uplift."
        })
public final class RekindleCommand implements Runnable {
    private static final int FAILED = 1;
    private static final Pattern NEGATIVE = Pattern.compile("-\\d+");
    private static final List<Class<?>> COMMANDS = List.of(
            DemoCommand.class,
            ServeCommand.class,
            ImportCommand.class,
            PullCommand.class,
            ExportCommand.class,
            AnalyzeCommand.class,
            SourceCommand.class,
            TagCommand.class,
            TraitCommand.class,
            TraitRuleCommand.class,
            PlanCommand.class,
            QualityCommand.class,
            KeyCommand.class,
            IdentityCommand.class,
            UserCommand.class,
            BudgetCommand.class,
            SuppressionCommand.class,
            BackupCommand.class,
            RestoreCommand.class,
            PersonCommand.class,
            RotateKeysCommand.class,
            RetentionCommand.class,
            VersionCommand.class);

    /** Runs one command line and gives its exit code: 0 done, 1 failed, 2 wrongly called. */
    public static int run(String[] arguments) {
        var command = commandLine(arguments);
        command.setCaseInsensitiveEnumValuesAllowed(true);
        command.setExecutionExceptionHandler((e, line, parsed) -> report(e, line.getErr()));
        command.setParameterExceptionHandler((e, wrong) -> {
            var line = e.getCommandLine();
            line.getErr()
                    .println("rekindle: " + e.getMessage()
                            + "; see '%s --help'"
                                    .formatted(line.getCommandSpec().qualifiedName()));
            return 2;
        });
        return command.execute(arguments);
    }

    /**
     * The command that is called, or all where the first words call none: making all of them takes longer than many of them
     * run.
     */
    static CommandLine commandLine(String... arguments) {
        var root = new CommandLine(new RekindleCommand());
        add(root, COMMANDS, arguments, 0);
        var analyze = root.getSubcommands().get("analyze");
        if (analyze != null) add(analyze, AnalyzeCommand.ANALYSES, arguments, 1);
        if (Arrays.stream(arguments).anyMatch(NEGATIVE.asMatchPredicate())) takeNegativeIds(root);
        return root;
    }

    /** A customer's id may be negative: to a command that asks for one, {@code -12} is that and no option. */
    private static void takeNegativeIds(CommandLine command) {
        boolean asks = command.getCommandSpec().positionalParameters().stream()
                .anyMatch(parameter -> parameter.paramLabel().equals("CUSTOMER"));
        if (asks) command.setUnmatchedOptionsArePositionalParams(true);
        command.getSubcommands().values().forEach(RekindleCommand::takeNegativeIds);
    }

    private static void add(CommandLine parent, List<Class<?>> commands, String[] arguments, int place) {
        var called = commands.stream()
                .filter(command -> place < arguments.length
                        && command.getAnnotation(Command.class).name().equals(arguments[place]))
                .toList();
        for (var command : called.isEmpty() ? commands : called) parent.addSubcommand(command);
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }

    static int report(Throwable failure, PrintWriter err) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof Problem problem) {
                err.println("rekindle: " + problem.detail());
                var faults = problem.faults();
                boolean told = faults.size() == 1
                        && problem.detail().contains(faults.getFirst().message());
                if (!told) for (var fault : faults) err.println("  " + fault.place() + ": " + fault.message());
                return FAILED;
            }
        }
        err.println("rekindle: this should not have happened: %s%s".formatted(failure, whereTheDetailsAre(failure)));
        return FAILED;
    }

    private static String whereTheDetailsAre(Throwable failure) {
        try {
            var text = new StringWriter();
            failure.printStackTrace(new PrintWriter(text));
            Path file = Files.createTempFile("rekindle-failure-", ".txt");
            Files.writeString(file, text.toString());
            return "; the details are in " + file;
        } catch (IOException e) {
            return "";
        }
    }
}
