package io.rekindle.collect.pulls;

import io.rekindle.platform.PlatformSettings;
import io.rekindle.platform.Problem;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Drivers of databases: PostgreSQL's and MariaDB's come with the product, others lie as jars in the folder
 * {@code drivers} of the data folder. They are not those of the JVM's driver manager, which knows drivers of files too.
 */
@Component
class Drivers {
    private static final Logger LOG = LoggerFactory.getLogger(Drivers.class);

    private final Path folder;
    private List<URL> loaded = List.of();
    private List<Driver> found = List.of();

    Drivers(PlatformSettings settings) {
        this.folder = settings.data().resolve("drivers");
    }

    /** The driver of an address; a {@link Problem} {@code jdbc_driver_missing} when there is none. */
    Driver of(JdbcAddress address) {
        return switch (address.dialect()) {
            case JdbcAddress.POSTGRESQL -> new org.postgresql.Driver();
            case JdbcAddress.MARIADB -> new org.mariadb.jdbc.Driver();
            default -> ofFolder(address);
        };
    }

    private Driver ofFolder(JdbcAddress address) {
        for (var driver : laidThere()) {
            try {
                if (driver.acceptsURL(address.url())) return driver;
            } catch (SQLException e) {
                LOG.warn("the driver {} cannot say whether it knows an address: {}", driver.getClass(), e.getMessage());
            }
        }
        throw Problem.invalid(
                        "jdbc_driver_missing",
                        "there is no driver for {dialect}: those of postgresql and mariadb come with the product; put another one's jar into {folder}")
                .with("dialect", address.dialect())
                .with("folder", folder.toAbsolutePath());
    }

    /** Looked for each time: one that was just put there is found. */
    private synchronized List<Driver> laidThere() {
        if (!Files.isDirectory(folder)) return List.of();
        var jars = new ArrayList<URL>();
        try (var files = Files.list(folder)) {
            for (var file : files.filter(one -> one.toString().endsWith(".jar"))
                    .sorted()
                    .toList()) jars.add(url(file));
        } catch (IOException e) {
            LOG.warn("the folder {} cannot be read: {}", folder, e.getMessage());
        }
        if (!jars.toString().equals(loaded.toString())) {
            found = load(jars);
            loaded = List.copyOf(jars);
        }
        return found;
    }

    private static List<Driver> load(List<URL> jars) {
        // Not closed: its drivers load classes as long as they are used.
        var loader = new URLClassLoader(jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        var drivers = new ArrayList<Driver>();
        for (var one : ServiceLoader.load(Driver.class, loader).stream().toList()) {
            try {
                if (one.type().getClassLoader() == loader) drivers.add(one.get());
            } catch (ServiceConfigurationError e) {
                LOG.warn("the driver {} cannot be used: {}", one.type(), e.getMessage());
            }
        }
        return drivers;
    }

    private static URL url(Path file) {
        try {
            return file.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }
}
