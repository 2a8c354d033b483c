package io.rekindle.deliver.smtp;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * An instance of Postfix of its own on a free port of this machine: it takes any mail, and hands everything on to one mail
 * server, but for one domain, which another one takes.
 */
public final class Postfix implements Closeable {
    private static final Path PROGRAM = Path.of("/usr/sbin/postfix");
    private static final Path DAEMONS = Path.of("/usr/lib/postfix/sbin");

    private final Path folder;
    private final int port;

    private Postfix(Path folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    /** Why it cannot be used here; empty when it can. */
    public static Optional<String> missing() {
        if (!Files.isExecutable(PROGRAM) || !Files.isDirectory(DAEMONS))
            return Optional.of("no Postfix here (Debian: apt-get install postfix)");
        return System.getProperty("user.name").equals("root")
                ? Optional.empty()
                : Optional.of("Postfix can be started by root only");
    }

    /**
     * @param folder an empty one
     * @param relay the port everything is handed on to
     * @param domain whose mail goes to {@code returns} instead
     */
    public static Postfix start(Path folder, int relay, String domain, int returns)
            throws IOException, InterruptedException {
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        // Its parts run as a user of their own.
        for (var each = folder;
                each != null && each.startsWith("/tmp") && each.getNameCount() > 1;
                each = each.getParent())
            Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxr-xr-x"));
        var configuration = Files.createDirectory(folder.resolve("conf"));
        Files.createDirectory(folder.resolve("spool"));
        var data = Files.createDirectory(folder.resolve("data"));
        Files.setOwner(
                data, data.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postfix"));
        Files.writeString(configuration.resolve("main.cf"), """
                compatibility_level = 3.6
                queue_directory = %1$s/spool
                data_directory = %1$s/data
                command_directory = /usr/sbin
                daemon_directory = %2$s
                mail_owner = postfix
                setgid_group = postdrop
                inet_interfaces = 127.0.0.1
                inet_protocols = ipv4
                myhostname = mx.test.example
                mydestination =
                alias_maps =
                alias_database =
                mynetworks = 127.0.0.0/8
                smtpd_relay_restrictions = permit_mynetworks, reject
                smtp_dns_support_level = disabled
                default_transport = smtp:[127.0.0.1]:%3$d
                transport_maps = inline:{ {%4$s = smtp:[127.0.0.1]:%5$d} }
                maillog_file = %1$s/data/log
                maillog_file_prefixes = /
                """.formatted(folder, DAEMONS, relay, domain, returns));
        Files.writeString(configuration.resolve("master.cf"), """
                %d inet n - n - - smtpd
                pickup unix n - n 60 1 pickup
                cleanup unix n - n - 0 cleanup
                qmgr unix n - n 300 1 qmgr
                rewrite unix - - n - - trivial-rewrite
                bounce unix - - n - 0 bounce
                defer unix - - n - 0 bounce
                trace unix - - n - 0 bounce
                verify unix - - n - 1 verify
                flush unix n - n 1000? 0 flush
                proxymap unix - - n - - proxymap
                smtp unix - - n - - smtp
                showq unix n - n - - showq
                error unix - - n - - error
                retry unix - - n - - error
                anvil unix - - n - 1 anvil
                scache unix - - n - 1 scache
                postlog unix-dgram n - n - 1 postlogd
                """.formatted(port));
        var postfix = new Postfix(folder, port);
        postfix.run("start");
        return postfix;
    }

    public int port() {
        return port;
    }

    private void run(String command) throws IOException, InterruptedException {
        var said = folder.resolve("data").resolve(command);
        var process = new ProcessBuilder(
                        PROGRAM.toString(), "-c", folder.resolve("conf").toString(), command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("postfix " + command + " does not end");
        }
        if (process.exitValue() != 0)
            throw new IllegalStateException("postfix " + command + " failed: " + Files.readString(said));
    }

    @Override
    public void close() throws IOException {
        try {
            run("stop");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
