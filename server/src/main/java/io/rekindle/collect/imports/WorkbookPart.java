package io.rekindle.collect.imports;

import io.rekindle.platform.Problem;
import java.io.IOException;
import java.io.InputStream;

/**
 * Goes through a part of a workbook without keeping any of it, before a parser does, which keeps a row as a whole: a part
 * that unpacks to more than it may, or whose row is longer than one may be, is refused. What it says of its size itself is
 * not believed.
 *
 * <p>A row ends for the count where a tag called {@code row} begins or ends. What could hide such a tag within a text, a
 * comment or a section of raw characters, no program writes into a sheet: a large sheet with one is refused.
 */
final class WorkbookPart {
    private static final int LONGEST_ROW = 1 << 24;
    private static final int LARGE = 1 << 26;
    private static final int LONGEST_NAME = 40;

    private final long most;
    private final StringBuilder name = new StringBuilder();
    private boolean inName;
    private boolean inData;
    private boolean hasSections;
    private long read;
    private long ofRow;

    /** @param most bytes it may unpack to */
    WorkbookPart(long most) {
        this.most = most;
    }

    void requireBounded(InputStream in) throws IOException {
        var block = new byte[1 << 16];
        for (int length = in.read(block); length >= 0; length = in.read(block)) {
            // Names of another encoding would not be known again.
            if (read == 0 && length > 1 && (block[0] == 0 || block[1] == 0 || (block[0] & 0xff) >= 0xfe)) {
                inData = true;
                hasSections = true;
            }
            for (int i = 0; i < length; i++) take(block[i]);
            read += length;
            if (read > most || (inData && hasSections && read > LARGE)) throw tooLarge();
        }
    }

    private void take(byte one) {
        if (one == '<') {
            inName = true;
            name.setLength(0);
        } else if (inName) named((char) (one & 0xff));
        if (inData && ++ofRow > LONGEST_ROW) throw tooLarge();
    }

    private void named(char next) {
        boolean ends = next == '>'
                || next == ' '
                || next == '\t'
                || next == '\r'
                || next == '\n'
                || (next == '/' && !name.isEmpty());
        if (!ends && name.length() < LONGEST_NAME) {
            name.append(next);
            return;
        }
        inName = false;
        boolean closes = !name.isEmpty() && name.charAt(0) == '/';
        var local = name.substring(Math.max(name.indexOf(":") + 1, closes ? 1 : 0));
        if (local.equals("row")) ofRow = 0;
        else if (local.equals("sheetData")) {
            inData = !closes;
            ofRow = 0;
        } else if (local.startsWith("!")) hasSections |= inData;
    }

    private static Problem tooLarge() {
        return Problem.invalid("xlsx_too_large", "the workbook is too large to be read as one; save the sheet as CSV");
    }
}
