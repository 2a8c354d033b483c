package io.rekindle.plan;

import io.rekindle.access.AuditTrail;
import io.rekindle.access.Caller;
import io.rekindle.common.Page;
import io.rekindle.consent.Permissions;
import io.rekindle.plan.content.Escape;
import io.rekindle.plan.content.LiquidText;
import io.rekindle.plan.content.TemplateFault;
import io.rekindle.plan.content.TemplateSyntaxException;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Problem;
import io.rekindle.platform.Problem.Fault;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Templates of messages, all their versions, and messages made of them. */
@Component
public class Templates {
    private static final int COMPILED_KEPT = 64;
    private static final String LATEST = """
            select v.template_id, v.version, v.name, v.channel, v.subject, v.html, v.body_text
            from templates t join template_versions v on v.template_id = t.id and v.version = t.version
            """;

    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final BusinessClock clock;
    private final Map<Key, Compiled> compiled = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Compiled> eldest) {
            return size() > COMPILED_KEPT;
        }
    };

    Templates(JdbcClient jdbc, AuditTrail audit, BusinessClock clock) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
    }

    private record Key(long id, int version) {}

    /** The channels there are templates for. */
    public static final List<String> CHANNELS = List.of(Permissions.EMAIL, Permissions.SMS);

    private record Compiled(
            @Nullable LiquidText subject, @Nullable LiquidText html, LiquidText text) {
        Stream<LiquidText> parts() {
            return Stream.of(subject, html, text).filter(Objects::nonNull).map(Objects::requireNonNull);
        }
    }

    /** A template as it is asked for; of which channel a new one is, a mail's if nothing is said. */
    public record Draft(
            @Nullable String name,
            @Nullable String channel,
            @Nullable String subject,
            @Nullable String html,
            @Nullable String text) {}

    public Page<MessageTemplate> list(long below, int limit) {
        var rows = jdbc.sql(LATEST + "where t.id < :below order by t.id desc limit :limit")
                .param("below", below)
                .param("limit", limit + 1)
                .query((r, n) -> template(r))
                .list();
        return Page.of(rows, limit, t -> Long.toString(t.id()));
    }

    /** The latest version. */
    public MessageTemplate get(long id) {
        return jdbc.sql(LATEST + "where t.id = :id")
                .param("id", id)
                .query((r, n) -> template(r))
                .optional()
                .orElseThrow(() -> Problem.notFound("template_not_found", "there is no template {id}")
                        .with("id", id));
    }

    /** One version ever saved. */
    public MessageTemplate get(long id, int version) {
        return jdbc.sql("""
                        select template_id, version, name, channel, subject, html, body_text
                        from template_versions where template_id = :id and version = :version
                        """)
                .param("id", id)
                .param("version", version)
                .query((r, n) -> template(r))
                .optional()
                .orElseThrow(
                        () -> Problem.notFound("template_not_found", "there is no version {version} of template {id}")
                                .with("id", id)
                                .with("version", version));
    }

    /** A {@link Problem} {@code template_not_valid} lists every fault with its part and line. */
    @Transactional
    public MessageTemplate create(Draft draft) {
        var channel = Objects.requireNonNullElse(draft.channel(), Permissions.EMAIL);
        check(draft, channel);
        long id = jdbc.sql("insert into templates (version, created_at) values (1, :now) returning id")
                .param("now", now())
                .query(Long.class)
                .single();
        save(id, 1, channel, draft);
        audit.record("template.created", "template " + id, "'%s'".formatted(draft.name()));
        return get(id);
    }

    /** Saves a new version; campaigns already submitted keep theirs. */
    @Transactional
    public MessageTemplate update(long id, Draft draft) {
        var channel = get(id).channel();
        check(draft, channel);
        int version = jdbc.sql("update templates set version = version + 1 where id = :id returning version")
                .param("id", id)
                .query(Integer.class)
                .optional()
                .orElseThrow(() -> Problem.notFound("template_not_found", "there is no template {id}")
                        .with("id", id));
        save(id, version, channel, draft);
        audit.record("template.changed", "template " + id, "version %d".formatted(version));
        return get(id);
    }

    /**
     * The message a customer with these values gets.
     *
     * @throws MissingValue when values the message needs are missing: it names each once per part, where that first asks for it
     */
    public RenderedMessage render(long templateId, int version, TemplateValues values) throws MissingValue {
        var parts = compiled(templateId, version);
        var missing = new ArrayList<TemplateFault>();
        var now = clock.instant().atZone(clock.zone());
        var subject = parts.subject();
        var html = parts.html();
        var message = new RenderedMessage(
                subject == null ? null : subject.render(values.byPath(), now, missing),
                html == null ? null : html.render(values.byPath(), now, missing),
                parts.text().render(values.byPath(), now, missing));
        if (missing.isEmpty()) return message;
        var first = new LinkedHashMap<List<String>, TemplateFault>();
        for (var fault : missing) first.putIfAbsent(List.of(fault.part(), fault.message()), fault);
        throw new MissingValue(first.values().stream().map(TemplateFault::told).toList());
    }

    /** The places of a version that have no text when a campaign has no offer. */
    List<Fault> needingAnOffer(long templateId, int version) {
        var parts = compiled(templateId, version);
        return parts.parts()
                .flatMap(part -> part.needing(TemplateValues.OFFER).stream())
                .map(TemplateFault::told)
                .toList();
    }

    private Compiled compiled(long id, int version) {
        var key = new Key(id, version);
        synchronized (compiled) {
            var known = compiled.get(key);
            if (known != null) return known;
        }
        var source = get(id, version);
        try {
            var parts = new Compiled(
                    source.subject() == null ? null : LiquidText.parse("subject", source.subject(), Escape.ONE_LINE),
                    source.html() == null ? null : LiquidText.parse("html", source.html(), Escape.HTML),
                    LiquidText.parse("text", source.text(), Escape.NONE));
            synchronized (compiled) {
                compiled.put(key, parts);
            }
            return parts;
        } catch (TemplateSyntaxException e) {
            throw new IllegalStateException("version %d of template %d does not parse".formatted(version, id), e);
        }
    }

    private static void check(Draft draft, String channel) {
        var faults = new Faults();
        boolean mail = channel.equals(Permissions.EMAIL);
        faults.check(
                        draft.name() != null && !draft.name().isBlank(),
                        new Fault("name", "name_missing", "the name is missing"))
                .check(
                        CHANNELS.contains(channel),
                        new Fault(
                                        "channel",
                                        "template_channel",
                                        "'{channel}' is not a channel there are templates for: {channels}")
                                .with("channel", channel)
                                .with("channels", String.join(", ", CHANNELS)))
                .check(
                        draft.channel() == null || draft.channel().equals(channel),
                        new Fault(
                                        "channel",
                                        "template_channel_stays",
                                        "this template is of {channel}, and stays so; make a new one for another channel")
                                .with("channel", channel))
                .check(
                        !mail || isGiven(draft.subject()),
                        new Fault("subject", "subject_missing", "the subject is missing"))
                .check(
                        draft.subject() == null || !draft.subject().strip().contains("\n"),
                        new Fault("subject", "subject_lines", "a subject is one line"))
                .check(!mail || isGiven(draft.html()), new Fault("html", "html_missing", "the HTML part is missing"))
                .check(
                        mail || !isGiven(draft.subject()),
                        new Fault("subject", "template_part", "a message of {channel} has no {part}")
                                .with("channel", channel)
                                .with("part", "subject"))
                .check(
                        mail || !isGiven(draft.html()),
                        new Fault("html", "template_part", "a message of {channel} has no {part}")
                                .with("channel", channel)
                                .with("part", "html"))
                .check(
                        isGiven(draft.text()),
                        mail
                                ? new Fault("text", "text_missing", "the plain part is missing")
                                : new Fault("text", "message_text_missing", "the text is missing"));
        var parts = new LinkedHashMap<String, String>();
        if (draft.subject() != null) parts.put("subject", draft.subject());
        if (draft.html() != null) parts.put("html", draft.html());
        if (draft.text() != null) parts.put("text", draft.text());
        for (var fault : LiquidText.faults(parts)) faults.add(fault.told());
        faults.refuse(words ->
                Problem.unprocessable("template_not_valid", "the template cannot be saved: " + words, faults.found()));
    }

    private static boolean isGiven(@Nullable String part) {
        return part != null && !part.isBlank();
    }

    private void save(long id, int version, String channel, Draft draft) {
        jdbc.sql("""
                        insert into template_versions
                            (template_id, version, name, channel, subject, html, body_text, saved_at, saved_by)
                        values (:id, :version, :name, :channel, :subject, :html, :text, :now, :by)
                        """)
                .param("id", id)
                .param("version", version)
                .param("name", draft.name())
                .param("channel", channel)
                .param(
                        "subject",
                        Objects.requireNonNullElse(draft.subject(), "").strip())
                .param("html", Objects.requireNonNullElse(draft.html(), ""))
                .param("text", draft.text())
                .param("now", now())
                .param("by", Caller.current().name())
                .update();
    }

    private OffsetDateTime now() {
        return OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    private static MessageTemplate template(ResultSet r) throws SQLException {
        return new MessageTemplate(
                r.getLong("template_id"),
                r.getInt("version"),
                r.getString("name"),
                r.getString("channel"),
                part(r, "subject"),
                part(r, "html"),
                r.getString("body_text"));
    }

    /** A part its channel does not have is stored empty. */
    private static @Nullable String part(ResultSet r, String name) throws SQLException {
        var part = r.getString(name);
        return part.isEmpty() ? null : part;
    }

    /** Every version of a template, latest first. */
    public List<MessageTemplate> versions(long id) {
        return jdbc.sql("""
                        select template_id, version, name, channel, subject, html, body_text
                        from template_versions where template_id = :id order by version desc
                        """).param("id", id).query((r, n) -> template(r)).list();
    }
}
