package io.rekindle.platform;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Whether the server may connect to an address a user gave. The machine itself, its neighbours in the company's network
 * and addresses with a meaning of their own answer to everybody who can reach them: a user of the console must not reach
 * them through the server. What is allowed all the same stands in {@code rekindle.outgoing.allowed}.
 */
@Component
public class OutgoingAddresses {
    /** Beside loopback, private, link-local and multicast addresses, which Java knows by itself. */
    private static final List<AddressRange> NOT_PUBLIC = List.of(
                    "0.0.0.0/8",
                    "100.64.0.0/10",
                    "192.0.0.0/24",
                    "192.0.2.0/24",
                    "198.18.0.0/15",
                    "198.51.100.0/24",
                    "203.0.113.0/24",
                    "240.0.0.0/4",
                    "fc00::/7",
                    "64:ff9b::/96",
                    "64:ff9b:1::/48",
                    "2001:db8::/32",
                    "2002::/16")
            .stream()
            .map(AddressRange::parse)
            .toList();

    private final List<AddressRange> allowed;

    OutgoingAddresses(OutgoingSettings settings) {
        allowed = settings.ranges();
    }

    /**
     * The addresses of a host that may be connected to. Connect to one of these and not to the name again: it may stand
     * for another address a moment later.
     *
     * @throws UnknownHostException when there is no such host
     * @throws Problem {@code address_not_allowed} when none of its addresses may be connected to
     */
    public InetAddress[] of(String host) throws UnknownHostException {
        var may = Arrays.stream(InetAddress.getAllByName(host))
                .filter(this::isAllowed)
                .toArray(InetAddress[]::new);
        if (may.length == 0)
            throw Problem.invalid(
                            "address_not_allowed",
                            "{host} is an address within the company's own network; an administrator can allow it in rekindle.outgoing.allowed")
                    .with("host", host);
        return may;
    }

    private boolean isAllowed(InetAddress address) {
        return allowed.stream().anyMatch(range -> range.contains(address)) || isPublic(address);
    }

    private static boolean isPublic(InetAddress address) {
        return !address.isLoopbackAddress()
                && !address.isAnyLocalAddress()
                && !address.isSiteLocalAddress()
                && !address.isLinkLocalAddress()
                && !address.isMulticastAddress()
                && NOT_PUBLIC.stream().noneMatch(range -> range.contains(address));
    }
}
