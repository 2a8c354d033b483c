package io.rekindle.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.app.server.ApiClient;
import io.rekindle.collect.ImportMapping;
import io.rekindle.collect.Imports;
import io.rekindle.platform.TimeTravel;
import io.rekindle.testing.RekindleTest;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** What the command line tells of rows that cannot be used: all of them. */
@RekindleTest
class RejectedRowsTest {
    @Test
    void everyRowIsToldOnScreenByItsNumberAndInTheFileWithItsText(
            @TempDir Path folder, @LocalServerPort int port, @Autowired Imports imports, @Autowired TimeTravel travel)
            throws Exception {
        var text = new StringBuilder("order_id,time,customer,quantity,unit_price\n");
        for (int i = 0; i < 1_200; i++) text.append("never,sometime,c,1,2\n");
        text.append("never,2026-01-05,\"c,d\",many,2\nnever,2026-01-05,,1,2\nnever,2026-01-05,c,\"a,b\",2\n");
        var file = Files.writeString(folder.resolve("faults.csv"), text);
        var id = imports.start(file, "faults.csv", ImportMapping.NONE, true, false)
                .id();
        travel.awaitQuiet();
        var api = new ApiClient("http://127.0.0.1:" + port, RekindleTest.ADMIN_KEY);
        var done = api.get("/api/imports/" + id);
        var rejects = RejectedRows.of(api, done);

        assertThat(rejects.byReason())
                .satisfiesExactly(
                        first -> assertThat(first.strip()).startsWith("2 bad_quantity: rows 1202, 1204 (column"),
                        second -> assertThat(second.strip()).startsWith("1,200 bad_time: rows 2-1201 (column 'time'"),
                        third -> assertThat(third.strip()).startsWith("1 no_customer: row 1203 ("));
        var written = folder.resolve("rejected.csv");
        rejects.writeTo(written);
        var lines = Files.readAllLines(written);
        assertThat(lines).hasSize(1 + 1_203).startsWith("row,reason,text");
        assertThat(lines.get(1)).startsWith("2,bad_time,\"column 'time' holds no time in ISO 8601, such as");
        assertThat(lines.getLast()).startsWith("1204,bad_quantity,").contains("column 'quantity' holds no quantity");
        assertThat(rejects.addedTo(done).path("rejectedRows").size()).isEqualTo(1_203);
    }
}
