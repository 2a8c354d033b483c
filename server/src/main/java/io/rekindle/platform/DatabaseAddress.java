package io.rekindle.platform;

import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL as its driver is told of it.
 *
 * @param url {@code jdbc:postgresql:…}, as said or made of a {@code postgresql://} address
 * @param user user name, unless the URL carries it
 * @param password password, unless the URL carries it
 */
public record DatabaseAddress(
        String url, @Nullable String user, @Nullable String password) {
    /**
     * Reads both forms of an address; user and password within it come before those beside it.
     *
     * @throws IllegalArgumentException when it is neither form; the address is not told back, it may carry the password
     */
    public static DatabaseAddress of(String address, @Nullable String user, @Nullable String password) {
        if (address.startsWith("jdbc:postgresql:")) return new DatabaseAddress(address, user, password);
        if (!address.startsWith("postgresql://") && !address.startsWith("postgres://"))
            throw new IllegalArgumentException(
                    "rekindle.database.url must begin with postgresql:// or jdbc:postgresql:");
        URI uri;
        try {
            uri = new URI(address);
        } catch (URISyntaxException e) {
            throw unreadable();
        }
        if (uri.getHost() == null) throw unreadable();
        var who = uri.getUserInfo() == null ? new String[0] : uri.getUserInfo().split(":", 2);
        var query = uri.getQuery() == null ? "" : "?" + uri.getQuery();
        var port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        return new DatabaseAddress(
                "jdbc:postgresql://%s%s%s%s".formatted(uri.getHost(), port, uri.getPath(), query),
                who.length > 0 ? who[0] : user,
                who.length > 1 ? who[1] : password);
    }

    private static IllegalArgumentException unreadable() {
        return new IllegalArgumentException(
                "rekindle.database.url is no address of the form postgresql://user:password@host:port/database; signs that have a meaning in an address, as @ : / # ? and %, are written %40 %3A %2F %23 %3F %25 within a password");
    }

    /** Another database of the same server. */
    public DatabaseAddress inDatabase(String name) {
        return new DatabaseAddress(url.replaceFirst("(jdbc:postgresql://[^/]+/)[^?]*", "$1" + name), user, password);
    }

    @Override
    public String toString() {
        return "DatabaseAddress[]";
    }
}
