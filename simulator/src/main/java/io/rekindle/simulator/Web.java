package io.rekindle.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rekindle.simulator.Visit.Visitor;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;

/** Visits what mails link to, as far as it is on this machine. Redirects are taken note of and not followed. */
final class Web implements AutoCloseable {
    /** How a visit ended. */
    sealed interface Outcome {
        record Done(Visit visit) implements Outcome {}

        record Refused(Visit visit, String why) implements Outcome {}

        record Failed(Visit visit, String why) implements Outcome {}
    }

    private static final int AT_A_TIME = 24;
    private static final String READER =
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
    private static final String SCANNER = "Mozilla/5.0 (compatible; Barracuda Sentinel; EE)";
    private static final String PRIVACY_PROXY =
            "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)";

    private final HttpClient client = Loopback.client();
    private final ExecutorService visitors = Executors.newFixedThreadPool(
            AT_A_TIME, Thread.ofPlatform().name("visitor-", 0).daemon().factory());

    /** Makes the visits, several at a time, and returns how they ended, in their order. */
    List<Outcome> visit(List<? extends Visit> visits) {
        List<Future<Outcome>> running = new ArrayList<>(visits.size());
        for (Visit visit : visits) running.add(visitors.submit(() -> visit(visit)));
        List<Outcome> outcomes = new ArrayList<>(running.size());
        for (Future<Outcome> one : running) outcomes.add(outcomeOf(one));
        return outcomes;
    }

    @Override
    public void close() {
        visitors.close();
        client.close();
    }

    private static Outcome outcomeOf(Future<Outcome> visit) {
        try {
            return visit.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while visiting links", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a visit broke down", e.getCause());
        }
    }

    private Outcome visit(Visit visit) throws InterruptedException {
        try {
            return switch (visit) {
                case Visit.LoadPicture picture -> get(picture, picture.address(), picture.visitor());
                case Visit.FollowLink link -> get(link, link.address(), link.visitor());
                case Visit.UnsubscribeWithOneClick click ->
                    post(click, address(click.address()), "List-Unsubscribe=One-Click");
                case Visit.UnsubscribeOnPage page -> onPage(page);
            };
        } catch (NotHere e) {
            return new Outcome.Refused(visit, e.getMessage());
        } catch (IOException e) {
            return new Outcome.Failed(visit, "%s: %s".formatted(visit, e));
        }
    }

    private Outcome get(Visit visit, String address, Visitor visitor)
            throws NotHere, IOException, InterruptedException {
        HttpRequest request = request(address(address), visitor).GET().build();
        return outcome(visit, client.send(request, BodyHandlers.discarding()));
    }

    private Outcome post(Visit visit, URI address, String form) throws IOException, InterruptedException {
        HttpRequest request = request(address, Visitor.READER)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build();
        return outcome(visit, client.send(request, BodyHandlers.discarding()));
    }

    private Outcome onPage(Visit.UnsubscribeOnPage visit) throws NotHere, IOException, InterruptedException {
        URI address = address(visit.address());
        HttpResponse<String> answer =
                client.send(request(address, Visitor.READER).GET().build(), BodyHandlers.ofString());
        if (answer.statusCode() != 200) return outcome(visit, answer);
        Document page = Jsoup.parse(answer.body(), address.toString());
        Element form = page.select("form").stream()
                .filter(candidate ->
                        candidate.attr("method").toLowerCase(Locale.ROOT).equals("post"))
                .findFirst()
                .orElse(null);
        if (form == null) return new Outcome.Failed(visit, "%s: no form to confirm with".formatted(address));
        String action = form.hasAttr("action") ? form.absUrl("action") : address.toString();
        String fields = form.select("input[name][type=hidden], button[name][value]").stream()
                .map(field -> URLEncoder.encode(field.attr("name"), UTF_8) + "="
                        + URLEncoder.encode(field.attr("value"), UTF_8))
                .collect(Collectors.joining("&"));
        return post(visit, address(action), fields);
    }

    private static HttpRequest.Builder request(URI address, Visitor visitor) {
        return HttpRequest.newBuilder(address)
                .timeout(Duration.ofSeconds(30))
                .header(
                        "User-Agent",
                        switch (visitor) {
                            case READER -> READER;
                            case SCANNER -> SCANNER;
                            case PRIVACY_PROXY -> PRIVACY_PROXY;
                        });
    }

    private static Outcome outcome(Visit visit, HttpResponse<?> answer) {
        int status = answer.statusCode();
        return status < 400
                ? new Outcome.Done(visit)
                : new Outcome.Failed(visit, "%s was answered %d".formatted(answer.uri(), status));
    }

    private static URI address(String text) throws NotHere {
        try {
            URI address = new URI(text);
            if (Loopback.contains(address)) return address;
        } catch (URISyntaxException e) {
            throw new NotHere("'%s' is no address: %s".formatted(text, e.getMessage()));
        }
        throw new NotHere("%s is not on this machine and was not visited".formatted(text));
    }

    /** An address the simulator does not go to. */
    private static final class NotHere extends Exception {
        private NotHere(String message) {
            super(message);
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }
}
