package io.rekindle.app.server;

import io.rekindle.platform.Problem;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
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
    /** Variables the launcher reads; they are no settings. */
    private static final List<String> LAUNCHER = List.of("REKINDLE_JAVA_OPTIONS");

    /** One setting. */
    public record Setting(
            String name,
            Class<?> type,
            ResolvableType resolved,
            @Nullable String defaultValue) {
        /** The environment variable that sets it, e.g. {@code REKINDLE_DATABASE_URL}. */
        public String variable() {
            return name.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
        }

        /** The same with words kept apart, the way people write it: {@code REKINDLE_ADMIN_KEY}. */
        public String readableVariable() {
            return name.replace('-', '_').replace('.', '_').toUpperCase(Locale.ROOT);
        }
    }

    /** All settings by name. */
    public static Map<String, Setting> all() {
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
                            new Setting(name, component.getType(), resolved(component), defaultOf(type, component)));
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
        for (var setting : settings.values()) {
            try {
                binder.bind(setting.name(), Bindable.of(setting.resolved()));
            } catch (BindException e) {
                faults.add(new Problem.Fault(
                        "%s (%s)".formatted(setting.name(), setting.readableVariable()),
                        "'%s' is not a valid %s"
                                .formatted(
                                        environment.getProperty(setting.name(), ""),
                                        setting.type().getSimpleName())));
            }
        }
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
