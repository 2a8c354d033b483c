package io.rekindle.app.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a port to listen on; 0 = any free one. */
final class PortNumber implements ITypeConverter<Integer> {
    private static final int LAST = 65_535;

    @Override
    public Integer convert(String text) {
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > LAST)
            throw new TypeConversionException("'%s' is no port; it is between 0 and %d".formatted(text, LAST));
        return Integer.valueOf(text);
    }
}
