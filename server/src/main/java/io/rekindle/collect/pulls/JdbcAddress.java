package io.rekindle.collect.pulls;

import io.rekindle.platform.Problem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a database is. Drivers take options that read and write files of this machine, load classes or send files to
 * whoever asks: of what stands in an address only options known to be harmless are passed on, and there is one host, so
 * that it can be guarded.
 *
 * @param dialect the word after {@code jdbc:}
 * @param url without options
 * @param options those of the address, under the driver's own names
 */
record JdbcAddress(String dialect, String url, String host, Map<String, String> options) {
    static final String POSTGRESQL = "postgresql";
    static final String MARIADB = "mariadb";
    static final String MYSQL = "mysql";
    static final String SQL_SERVER = "sqlserver";
    static final String ORACLE = "oracle";

    private static final String HOST =
            "(?<host>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\\[[0-9a-fA-F:.]+])(?::\\d{1,5})?";
    private static final Pattern USUAL = Pattern.compile("(?<url>jdbc:(?<dialect>[a-z][a-z0-9]{1,30})://" + HOST
            + "(?:/[A-Za-z0-9_$.%-]{0,200})?)(?:\\?(?<options>.*))?");
    private static final Pattern OF_SQL_SERVER =
            Pattern.compile("(?<url>jdbc:(?<dialect>sqlserver)://" + HOST + ")(?:;(?<options>.*))?");
    private static final Pattern OF_ORACLE = Pattern.compile(
            "(?<url>jdbc:(?<dialect>oracle):thin:@//" + HOST + "(?:/[A-Za-z0-9_$.-]{0,200})?)(?<options>)");
    private static final Map<String, Set<String>> ALLOWED = Map.of(
            POSTGRESQL, Set.of("sslmode", "currentSchema"),
            MARIADB, Set.of("sslMode"),
            MYSQL, Set.of("sslMode"),
            SQL_SERVER, Set.of("databaseName", "encrypt", "trustServerCertificate", "hostNameInCertificate"));
    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9_.,*-]{1,200}");
    private static final int LONGEST = 1_000;

    JdbcAddress {
        options = Map.copyOf(options);
    }

    /** Reads an address; a {@link Problem} {@code jdbc_url_invalid} or {@code jdbc_option_refused} says what is wrong. */
    static JdbcAddress of(String given) {
        var text = given.strip();
        for (var form : List.of(OF_SQL_SERVER, USUAL, OF_ORACLE)) {
            var found = form.matcher(text);
            if (text.length() <= LONGEST && found.matches()) return read(found);
        }
        throw Problem.invalid(
                "jdbc_url_invalid",
                "the address of a database is such as jdbc:postgresql://db.shop.example:5432/shop or jdbc:mariadb://10.1.2.3/shop: one host, no user and no password in it");
    }

    private static JdbcAddress read(Matcher found) {
        var dialect = found.group("dialect");
        var options = new LinkedHashMap<String, String>();
        var given = found.group("options");
        if (given != null && !given.isEmpty())
            for (var option : given.split(dialect.equals(SQL_SERVER) ? ";" : "&", -1)) {
                if (option.isEmpty()) continue;
                int is = option.indexOf('=');
                var name = is < 0 ? option : option.substring(0, is);
                var value = is < 0 ? "" : option.substring(is + 1);
                var allowed = ALLOWED.getOrDefault(dialect, Set.of());
                if (!allowed.contains(name) || !HARMLESS.matcher(value).matches())
                    throw Problem.invalid(
                                    "jdbc_option_refused",
                                    "the option '{option}' is not passed on to the driver; allowed for {dialect} are: {allowed}")
                            .with("option", name.length() > 60 ? name.substring(0, 60) : name)
                            .with("dialect", dialect)
                            .with(
                                    "allowed",
                                    allowed.isEmpty()
                                            ? List.of("none")
                                            : allowed.stream().sorted().toList());
                options.put(name, value);
            }
        var host = found.group("host");
        return new JdbcAddress(
                dialect,
                found.group("url"),
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host.toLowerCase(Locale.ROOT),
                options);
    }

    /** Whether sessions of it keep a time zone of their own, in which they tell times. */
    boolean isOfMySql() {
        return dialect.equals(MARIADB) || dialect.equals(MYSQL);
    }
}
