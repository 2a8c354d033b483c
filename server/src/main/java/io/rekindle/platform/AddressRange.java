package io.rekindle.platform;

import java.net.InetAddress;
import java.util.regex.Pattern;

/** Addresses that begin with the same bits, in CIDR notation; an address alone is a range of one. */
record AddressRange(InetAddress first, int bits) {
    private static final Pattern LITERAL = Pattern.compile("[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    /** An {@link IllegalArgumentException} says what is wrong. Names are not looked up. */
    static AddressRange parse(String text) {
        var parts = text.strip().split("/", 2);
        try {
            if (!LITERAL.matcher(parts[0]).matches()) throw new IllegalArgumentException();
            var first = InetAddress.ofLiteral(parts[0]);
            int most = 8 * first.getAddress().length;
            int bits = parts.length == 1 ? most : Integer.parseInt(parts[1]);
            if (bits < 0 || bits > most) throw new IllegalArgumentException();
            return new AddressRange(first, bits);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'%s' is no address or network such as 10.1.0.0/16".formatted(text), e);
        }
    }

    boolean contains(InetAddress address) {
        var one = first.getAddress();
        var other = address.getAddress();
        if (one.length != other.length) return false;
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> bit % 8;
            if (((one[bit / 8] ^ other[bit / 8]) & mask) != 0) return false;
        }
        return true;
    }
}
