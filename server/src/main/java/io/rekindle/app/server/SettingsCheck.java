package io.rekindle.app.server;

import io.rekindle.platform.Problem;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.type.filter.AnnotationTypeFilter;

/**
 * Reads every setting before anything starts and reports all faults at once: values that do not fit, names nobody knows.
 * The settings are the components of the records annotated with {@link ConfigurationProperties}.
 */
public final class SettingsCheck implements ApplicationListener<ApplicationEnvironmentPreparedEvent> {
    /** Variables the launcher and the command line read; they are no settings. */
    private static final List<String> LAUNCHER = List.of("REKINDLE_JAVA_OPTIONS", "REKINDLE_JDKS", "REKINDLE_PORT");

    /**
     * One setting.
     *
     * @param owner the record it is a component of
     */
    public record Setting(
            Class<?> owner,
            String name,
            Class<?> type,
            ResolvableType resolved,
            @Nullable String defaultValue) {
        /** The environment variable that sets it, e.g. {@code REKINDLE_DATABASE_URL}. */
        public String variable() {
            return name.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
        }

        /** Both ways to set it, for a message. */
        String place() {
            return "%s (%s)".formatted(name, readableVariable());
        }

        /** The same with words kept apart, the way people write it: {@code REKINDLE_ADMIN_KEY}. */
        public String readableVariable() {
            return name.replace('-', '_').replace('.', '_').toUpperCase(Locale.ROOT);
        }
    }

    /** The class path is the same as long as the process lives, and takes a while to look through. */
    private static final class Known {
        private static final Map<String, Setting> ALL = Collections.unmodifiableMap(found());
    }

    /** All settings by name. */
    public static Map<String, Setting> all() {
        return Known.ALL;
    }

    private static Map<String, Setting> found() {
        var scanner = new ClassPathScanningCandidateComponentProvider(false);
        scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
        var settings = new TreeMap<String, Setting>();
        for (var candidate : scanner.findCandidateComponents("io.rekindle")) {
            try {
                var type = Class.forName(candidate.getBeanClassName());
                var annotation = type.getAnnotation(ConfigurationProperties.class);
                for (var component : type.getRecordComponents()) {
                    var name = annotation.value() + "." + kebab(component.getName());
                    settings.put(
                            name,
                            new Setting(
                                    type, name, component.getType(), resolved(component), defaultOf(type, component)));
                }
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException(e);
            }
        }
        return settings;
    }

    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
        var faults = faults(event.getEnvironment());
        if (!faults.isEmpty())
            throw Problem.unprocessable(
                    "settings_invalid", "%d setting(s) cannot be used".formatted(faults.size()), faults);
    }

    /** Every fault of the environment, in the order of the settings' names. */
    static List<Problem.Fault> faults(ConfigurableEnvironment environment) {
        var settings = all();
        var binder = Binder.get(environment);
        var faults = new ArrayList<Problem.Fault>();
        var unreadable = new HashSet<Setting>();
        for (var setting : settings.values()) {
            try {
                binder.bind(setting.name(), Bindable.of(setting.resolved()));
            } catch (BindException e) {
                unreadable.add(setting);
                faults.add(new Problem.Fault(
                        setting.place(),
                        "'%s' is not a valid %s"
                                .formatted(
                                        environment.getProperty(setting.name(), ""),
                                        setting.type().getSimpleName())));
            }
        }
        settings.values().stream()
                .map(Setting::owner)
                .distinct()
                .forEach(owner -> faults.addAll(refused(environment, owner, settings.values(), unreadable)));
        for (var source : environment.getPropertySources()) {
            if (!(source instanceof EnumerablePropertySource<?> enumerable)) continue;
            // -D options of the JVM are the operator's own business and may begin with any word.
            if (source.getName().equals("systemProperties")) continue;
            for (var name : enumerable.getPropertyNames()) {
                if (source.getName().startsWith("systemEnvironment")) {
                    if (name.startsWith("REKINDLE_") && !LAUNCHER.contains(name) && !isVariable(name, settings))
                        faults.add(new Problem.Fault(name, "there is no such setting; docs/settings.md lists them"));
                } else if (name.startsWith("rekindle.") && !isKnown(name, settings)) {
                    faults.add(new Problem.Fault(name, "there is no such setting; docs/settings.md lists them"));
                }
            }
        }
        return faults;
    }

    /**
     * What a record refuses of values that can be read. A record tells its first fault only; so the settings a fault
     * hangs on, those without which it is another or none, are put back to their defaults and the record is asked again.
     */
    private static List<Problem.Fault> refused(
            ConfigurableEnvironment environment, Class<?> owner, Collection<Setting> all, Set<Setting> unreadable) {
        var faults = new ArrayList<Problem.Fault>();
        var left = new HashSet<>(unreadable);
        var own = all.stream().filter(s -> s.owner().equals(owner)).toList();
        for (var refusal = refusal(environment, owner, left);
                refusal.isPresent();
                refusal = refusal(environment, owner, left)) {
            var said = refusal;
            var tried = Set.copyOf(left);
            var without = own.stream()
                    .filter(s -> !tried.contains(s))
                    .collect(Collectors.toMap(s -> s, s -> refusal(environment, owner, with(tried, s))));
            var cures = own.stream()
                    .filter(s -> without.containsKey(s) && without.get(s).isEmpty())
                    .toList();
            var causes = cures.isEmpty()
                    ? own.stream()
                            .filter(s ->
                                    without.containsKey(s) && !without.get(s).equals(said))
                            .toList()
                    : cures;
            faults.add(new Problem.Fault(
                    causes.stream().map(Setting::place).collect(Collectors.joining(", ")), refusal.get()));
            // Nothing that was set explains it: asking again would say the same.
            if (causes.isEmpty()) break;
            left.addAll(causes);
        }
        return faults;
    }

    /** What the record says when it is made with all settings but some; empty when it is content. */
    private static Optional<String> refusal(ConfigurableEnvironment environment, Class<?> owner, Set<Setting> leftOut) {
        var names = leftOut.stream()
                .map(s -> ConfigurationPropertyName.of(s.name()))
                .toList();
        var sources = new ArrayList<ConfigurationPropertySource>();
        for (var source : ConfigurationPropertySources.get(environment))
            sources.add(
                    source.filter(name -> names.stream().noneMatch(out -> out.equals(name) || out.isAncestorOf(name))));
        var binder = new Binder(sources, new PropertySourcesPlaceholdersResolver(environment));
        try {
            var prefix = owner.getAnnotation(ConfigurationProperties.class).value();
            binder.bindOrCreate(prefix, Bindable.of(owner));
            return Optional.empty();
        } catch (BindException e) {
            Throwable cause = e;
            while (cause.getCause() != null && !(cause instanceof IllegalArgumentException)) cause = cause.getCause();
            return Optional.of(String.valueOf(cause.getMessage()));
        }
    }

    private static Set<Setting> with(Set<Setting> some, Setting one) {
        var all = new HashSet<>(some);
        all.add(one);
        return all;
    }

    private static boolean isVariable(String variable, Map<String, Setting> settings) {
        var flat = variable.replace("_", "");
        return settings.values().stream()
                .anyMatch(s -> flat.startsWith(s.variable().replace("_", ""))
                        && (flat.length() == s.variable().replace("_", "").length() || isOpen(s)));
    }

    private static boolean isKnown(String name, Map<String, Setting> settings) {
        var given = ConfigurationPropertyName.adapt(name, '.');
        return settings.values().stream().anyMatch(s -> {
            var known = ConfigurationPropertyName.of(s.name());
            return known.equals(given)
                    || (isOpen(s) && known.isAncestorOf(given))
                    || given.toString().startsWith(s.name() + "[");
        });
    }

    /** Maps and lists have names below their own. */
    private static boolean isOpen(Setting setting) {
        return Map.class.isAssignableFrom(setting.type()) || Iterable.class.isAssignableFrom(setting.type());
    }

    private static ResolvableType resolved(RecordComponent component) {
        return ResolvableType.forType(component.getGenericType());
    }

    private static @Nullable String defaultOf(Class<?> type, RecordComponent component) {
        var constructor = type.getDeclaredConstructors()[0];
        var parameters = constructor.getParameters();
        var names = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .toList();
        var value = parameters[names.indexOf(component.getName())].getAnnotation(DefaultValue.class);
        return value == null ? null : String.join(",", value.value());
    }

    private static String kebab(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }
}
