package io.rekindle.collect.intake;

import io.rekindle.collect.EventType;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.IntakeSettings;
import io.rekindle.collect.Sources;
import io.rekindle.collect.Sources.Source;
import io.rekindle.collect.Tails;
import io.rekindle.collect.Tombstones;
import io.rekindle.collect.log.CommitLog;
import io.rekindle.collect.tracking.TrackingPlans;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.platform.Problem;
import io.rekindle.platform.Vault;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The intake, wire-compatible with Segment's HTTP API. A servlet and no controller: clients label their bodies as they
 * like (gzip as a form, JSON as text) and browsers ask before they send, all of which a framework would answer itself.
 */
final class IntakeServlet extends HttpServlet {
    private static final long serialVersionUID = 1;
    private static final byte[] DONE = "{\"success\":true}".getBytes(StandardCharsets.UTF_8);
    private static final List<String> METHODS = List.of("POST", "GET", "HEAD", "OPTIONS");
    private static final Charset UTF_32 = Charset.forName("UTF-32");
    private static final Charset UTF_32LE = Charset.forName("UTF-32LE");
    private static final int RETRY_AFTER_SECONDS = 2;
    private static final int PAUSED_RETRY_SECONDS = 60;
    private static final Pattern SETTINGS = Pattern.compile("/projects/([^/]{1,200})/settings/?");

    private final transient Sources sources;
    private final transient Identifiers identifiers;
    private final transient CommitLog log;
    private final transient Tails tails;
    private final transient Vault vault;
    private final transient Tombstones tombstones;
    private final transient BusinessClock clock;
    private final transient IntakeSettings settings;
    private final String currency;
    private final transient JsonMapper json;
    private final transient ClientConfigs configs;
    private final transient Refusals refusals;
    private final transient TrackingPlans plans;
    private final transient Rates rates = new Rates();
    private final transient Bodies bodies;
    private final transient SourceFields fields;

    IntakeServlet(
            Sources sources,
            Identifiers identifiers,
            CommitLog log,
            Tails tails,
            Vault vault,
            Tombstones tombstones,
            BusinessClock clock,
            IntakeSettings settings,
            PlatformSettings platform,
            Refusals refusals,
            TrackingPlans plans,
            SourceFields fields,
            Bodies bodies,
            JsonMapper json) {
        this.bodies = bodies;
        this.sources = sources;
        this.identifiers = identifiers;
        this.log = log;
        this.tails = tails;
        this.vault = vault;
        this.tombstones = tombstones;
        this.clock = clock;
        this.settings = settings;
        this.currency = platform.currency();
        this.json = json;
        this.refusals = refusals;
        this.plans = plans;
        this.fields = fields;
        this.configs = new ClientConfigs(platform, json);
    }

    /** What a path asks for. */
    private sealed interface Call {
        record Batch() implements Call {}

        record Single(EventType type) implements Call {}
    }

    /** Refused here, not by the container: its error page would have the body looked at once more. */
    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        response.setHeader("X-Content-Type-Options", "nosniff");
        if (METHODS.contains(request.getMethod())) {
            super.service(request, response);
        } else {
            response.setHeader("Allow", String.join(", ", METHODS));
            refuse(response, 405, "method_not_allowed", "calls are sent with POST", "");
        }
    }

    @Override
    protected void doOptions(HttpServletRequest request, HttpServletResponse response) {
        allowOrigin(request, response);
        response.setHeader("Access-Control-Allow-Methods", "POST, GET, OPTIONS");
        var asked = request.getHeader("Access-Control-Request-Headers");
        if (asked != null) response.setHeader("Access-Control-Allow-Headers", asked);
        response.setHeader("Access-Control-Max-Age", "86400");
        response.setStatus(HttpServletResponse.SC_NO_CONTENT);
    }

    /** What clients in browsers ask for first. */
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        allowOrigin(request, response);
        try {
            var config = config(request);
            if (config == null) {
                // Calls are sent with POST.
                response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
                return;
            }
            response.setHeader("Cache-Control", "max-age=60");
            response.setContentType("application/json");
            json.writeValue(response.getOutputStream(), config);
        } catch (IntakeFailure e) {
            response.setHeader("Cache-Control", "no-store");
            if (e.retryAfter() > 0) response.setIntHeader("Retry-After", e.retryAfter());
            refuse(response, e.status(), e.code(), String.valueOf(e.getMessage()), e.place());
        }
    }

    /** Null where there is nothing to read. */
    private @Nullable ObjectNode config(HttpServletRequest request) {
        var path = request.getPathInfo() == null ? "" : request.getPathInfo();
        var project = SETTINGS.matcher(path);
        if (project.matches()) {
            var key = project.group(1);
            source(key);
            return configs.segment(key, request);
        }
        if (path.equals("/sourceConfig") || path.equals("/sourceConfig/")) {
            var key = basicUser(request.getHeader("Authorization"));
            if (key == null) key = request.getParameter("writeKey");
            if (key == null) throw noKey();
            var source = source(key);
            return configs.rudderStack(key, source.id(), source.name());
        }
        return null;
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        allowOrigin(request, response);
        var received = new Received();
        try (var share = bodies.share()) {
            take(request, response, received, share);
        } catch (IntakeFailure e) {
            count(request, received, e.status(), e.code());
            if (e.retryAfter() > 0) response.setIntHeader("Retry-After", e.retryAfter());
            refuse(response, e.status(), e.code(), String.valueOf(e.getMessage()), e.place());
        } catch (Problem e) {
            count(request, received, e.kind().status(), e.code());
            if (e.kind() == Problem.Kind.UNAVAILABLE) response.setIntHeader("Retry-After", RETRY_AFTER_SECONDS);
            refuse(response, e.kind().status(), e.code(), e.detail(), "");
        }
    }

    /** What of a call's body was read, as far as it was. */
    private static final class Received {
        private byte @Nullable [] body;
    }

    /** Counts a call that is refused as a whole, where its source can be told. */
    private void count(HttpServletRequest request, Received received, int status, String code) {
        if (status < 400 || status >= 500) return;
        var key = headerKey(request);
        if (key == null && received.body != null) key = BatchReader.keyIn(received.body);
        if (key != null) sources.authenticate(key).ifPresent(source -> refusals.count(source.id(), code));
    }

    private void take(HttpServletRequest request, HttpServletResponse response, Received received, Bodies.Share share)
            throws IOException {
        var call = call(request);
        if (log.isFull() || tails.worstLag() > settings.maxLag()) {
            throw new IntakeFailure(
                    429,
                    "too_busy",
                    "",
                    "more has come in than has been worked through; send this again later",
                    RETRY_AFTER_SECONDS);
        }
        var key = headerKey(request);
        // Who has no key that counts need not send anything.
        if (key != null) source(key);
        var body = body(request, received, share);
        var source = source(request, body);
        requireOpen(source, request);
        var type = call instanceof Call.Single(var single) ? single : null;
        var receivedAt = clock.instant().truncatedTo(ChronoUnit.MICROS);
        var read = BatchReader.read(body, type, fields.of(source));
        requireWithinRate(source, read.size());
        var plan = plans.inForce(source.id());
        record Taken(BatchReader.Staged staged, CommitLog.Fate fate) {}
        var taken = log.staging(() -> {
            var staged = read.stage(source, plan, receivedAt, identifiers, log, vault, tombstones, currency);
            return new Taken(staged, log.append(staged.call()));
        });
        var staged = taken.staged();
        var fate = taken.fate();
        var first = staged.items().isEmpty() ? null : staged.items().getFirst();
        if (type != null && first != null && "item_too_large".equals(first.reason()))
            throw new IntakeFailure(413, "item_too_large", "", String.valueOf(first.detail()));
        response.setStatus(HttpServletResponse.SC_OK);
        response.setContentType("application/json");
        if (wantsFates(request)) json.writeValue(response.getOutputStream(), new Answer(true, fates(staged, fate)));
        else response.getOutputStream().write(DONE);
    }

    /** Neither paused nor called from a page that may not. */
    private void requireOpen(Source source, HttpServletRequest request) {
        if (source.pausedAt() != null) {
            throw new IntakeFailure(
                    429, "source_paused", "", "this source is paused; send this again later", PAUSED_RETRY_SECONDS);
        }
        var origin = request.getHeader("Origin");
        if (origin != null && !source.rules().allowsOrigin(origin)) {
            throw new IntakeFailure(
                    403, "origin_not_allowed", "", "this source takes nothing from pages of this origin");
        }
    }

    private void requireWithinRate(Source source, int items) {
        long seconds = rates.secondsToWait(source, items);
        if (seconds == 0) return;
        throw new IntakeFailure(
                429,
                "rate_exceeded",
                "",
                "this source may send %d items a second; send this again later"
                        .formatted(source.rules().eventsPerSecond()),
                Math.toIntExact(seconds));
    }

    record Answer(boolean success, List<AnsweredItem> items) {}

    /**
     * @param fate {@code accepted}, {@code duplicate}, {@code rejected} or {@code quarantined}; the last two with a reason
     *     and words
     */
    record AnsweredItem(
            int index,
            @Nullable String messageId,
            String fate,
            @Nullable String reason,
            @Nullable String message) {}

    private static List<AnsweredItem> fates(BatchReader.Staged staged, CommitLog.Fate fate) {
        var items = new ArrayList<AnsweredItem>();
        for (var item : staged.items()) {
            var word = switch (item.fate()) {
                case REJECTED -> "rejected";
                case TAKEN -> fate.isFresh(item.index()) ? "accepted" : "duplicate";
                case QUARANTINED -> fate.isHeld(item.index()) ? "quarantined" : "duplicate";
            };
            items.add(new AnsweredItem(items.size(), item.messageId(), word, item.reason(), item.detail()));
        }
        return items;
    }

    private static boolean wantsFates(HttpServletRequest request) {
        var query = request.getQueryString();
        if (query != null && List.of(query.split("&")).contains("strict=true")) return true;
        // There may be several (RFC 7240, 2).
        return Collections.list(request.getHeaders("Prefer")).stream()
                .anyMatch(prefer -> prefer.contains("return=representation"));
    }

    private static Call call(HttpServletRequest request) {
        var path = request.getPathInfo() == null ? "" : request.getPathInfo();
        var name = path.replaceAll("^/|/$", "");
        return switch (name) {
            case "batch", "import", "b" -> new Call.Batch();
            case "identify", "i" -> new Call.Single(EventType.IDENTIFY);
            case "track", "t" -> new Call.Single(EventType.TRACK);
            case "page", "p" -> new Call.Single(EventType.PAGE);
            case "screen", "s" -> new Call.Single(EventType.SCREEN);
            case "group", "g" -> new Call.Single(EventType.GROUP);
            case "alias", "a" -> new Call.Single(EventType.ALIAS);
            default ->
                throw new IntakeFailure(
                        404,
                        "no_such_call",
                        "",
                        "there is no call '%s'; batch, identify, track, … are".formatted(name));
        };
    }

    private static byte[] body(HttpServletRequest request, Received received, Bodies.Share share) throws IOException {
        var bytes = share.read(request.getInputStream(), request.getContentLengthLong(), BatchReader.LARGEST_BATCH + 1);
        if (bytes.length > 2 && bytes[0] == (byte) 0x1f && bytes[1] == (byte) 0x8b) {
            try (var in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
                bytes = share.read(in, -1, BatchReader.LARGEST_BATCH + 1);
            } catch (ZipException | java.io.EOFException e) {
                throw new IntakeFailure(400, "malformed_gzip", "", "the body is no complete gzip stream");
            }
        }
        received.body = bytes;
        if (bytes.length > BatchReader.LARGEST_BATCH)
            throw new IntakeFailure(
                    413,
                    "body_too_large",
                    "",
                    "the body is larger than %d bytes; send it in several batches"
                            .formatted(BatchReader.LARGEST_BATCH));
        return inUtf8(bytes);
    }

    /** JSON is UTF-8; what is UTF-16 or UTF-32 all the same can be told by its first bytes (RFC 4627, 3). */
    private static byte[] inUtf8(byte[] bytes) {
        if (bytes.length < 4) return bytes;
        int first = bytes[0] & 0xff;
        int second = bytes[1] & 0xff;
        Charset written = null;
        if (first == 0 && second == 0) written = UTF_32;
        else if (bytes[2] == 0 && bytes[3] == 0 && (second == 0 || (first == 0xff && second == 0xfe)))
            written = first == 0xff ? UTF_32 : UTF_32LE;
        else if ((first == 0xfe && second == 0xff) || (first == 0xff && second == 0xfe) || first == 0)
            written = StandardCharsets.UTF_16;
        else if (second == 0) written = StandardCharsets.UTF_16LE;
        if (written != null) bytes = new String(bytes, written).getBytes(StandardCharsets.UTF_8);
        boolean isMarked =
                bytes.length > 2 && (bytes[0] & 0xff) == 0xef && (bytes[1] & 0xff) == 0xbb && (bytes[2] & 0xff) == 0xbf;
        var json = isMarked ? Arrays.copyOfRange(bytes, 3, bytes.length) : bytes;
        // Marks of two encodings, one behind the other: the reader would take it for the second, and find no places in
        // it.
        for (int i = 0; i < Math.min(4, json.length); i++)
            if (json[i] == 0 || (json[i] & 0xff) >= 0xfe)
                throw new IntakeFailure(400, "malformed_json", "", "the body is not in UTF-8");
        return json;
    }

    private Source source(HttpServletRequest request, byte[] body) {
        var key = headerKey(request);
        if (key == null) key = BatchReader.keyIn(body);
        if (key == null) throw noKey();
        return source(key);
    }

    private static @Nullable String headerKey(HttpServletRequest request) {
        var key = basicUser(request.getHeader("Authorization"));
        return key == null ? request.getHeader("X-Write-Key") : key;
    }

    private static IntakeFailure noKey() {
        return new IntakeFailure(
                401,
                "no_write_key",
                "",
                "send a write key as the user name of Basic authorization, as X-Write-Key or as writeKey in the body");
    }

    private Source source(String key) {
        // Asked before the key is, which may be made in between.
        boolean isOpen = sources.isOpen();
        Optional<Source> source = sources.authenticate(key);
        return source.orElseThrow(() -> isOpen
                ? new IntakeFailure(401, "unknown_write_key", "", "this write key is not known or was revoked")
                : new IntakeFailure(
                        503,
                        "starting",
                        "",
                        "the server is starting and has no keys yet; send this again",
                        RETRY_AFTER_SECONDS));
    }

    private static @Nullable String basicUser(@Nullable String header) {
        if (header == null || !header.regionMatches(true, 0, "Basic ", 0, 6)) return null;
        try {
            var decoded =
                    new String(Base64.getDecoder().decode(header.substring(6).strip()), StandardCharsets.UTF_8);
            int colon = decoded.indexOf(':');
            return colon < 0 ? decoded : decoded.substring(0, colon);
        } catch (IllegalArgumentException noBase64) {
            return "";
        }
    }

    private static void allowOrigin(HttpServletRequest request, HttpServletResponse response) {
        var origin = request.getHeader("Origin");
        if (origin == null) return;
        // Anyone may write with a write key, which browsers show to everybody; nothing can be read here.
        response.setHeader("Access-Control-Allow-Origin", origin);
        response.setHeader("Access-Control-Allow-Credentials", "true");
        response.setHeader("Access-Control-Expose-Headers", "Retry-After");
        response.addHeader("Vary", "Origin");
    }

    record Refusal(
            boolean success,
            String type,
            String title,
            int status,
            String detail,
            String code,
            List<Problem.Fault> errors) {}

    private void refuse(HttpServletResponse response, int status, String code, String message, String place)
            throws IOException {
        response.setStatus(status);
        response.setContentType("application/problem+json");
        var faults = place.isEmpty() ? List.<Problem.Fault>of() : List.of(new Problem.Fault(place, message));
        json.writeValue(
                response.getOutputStream(),
                new Refusal(false, "about:blank", title(status), status, message, code, faults));
    }

    private static String title(int status) {
        var known = org.springframework.http.HttpStatus.resolve(status);
        return known == null ? "Problem" : known.getReasonPhrase();
    }
}
