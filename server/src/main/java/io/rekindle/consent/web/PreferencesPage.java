package io.rekindle.consent.web;

import io.rekindle.common.CustomerId;
import io.rekindle.consent.Confirmations.Asked;
import io.rekindle.consent.Preferences;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * What a customer wants to hear of, chosen by whoever has the signed link. A GET only shows: scanners follow every link of a
 * mail before its reader does. Forms work without scripts.
 */
@RestController
class PreferencesPage {
    private final Preferences preferences;

    PreferencesPage(Preferences preferences) {
        this.preferences = preferences;
    }

    @GetMapping("/p/{token}")
    ResponseEntity<String> show(
            @PathVariable String token, @RequestParam(defaultValue = "") String lang, Locale locale) {
        var language = PublicPage.language(lang, locale);
        return preferences
                .link(token)
                .map(link -> page(link, language, null))
                .orElseGet(() -> PublicPage.broken(language));
    }

    /** Saves the choices, or with {@code all=off} takes everything off. */
    @PostMapping(path = "/p/{token}", consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
    ResponseEntity<String> choose(
            @PathVariable String token,
            @RequestParam(defaultValue = "") String lang,
            @RequestParam(defaultValue = "") String all,
            @RequestParam(defaultValue = "") String general,
            @RequestParam(name = "topic", defaultValue = "") List<String> topics,
            Locale locale) {
        var language = PublicPage.language(lang, locale);
        var found = preferences.link(token);
        if (found.isEmpty()) return PublicPage.broken(language);
        var link = found.get();
        boolean chinese = language.equals("zh");
        if (all.equals("off")) {
            preferences.unsubscribe(link);
            return page(link, language, unsubscribed(link, chinese));
        }
        if (!preferences.isAtHome(link)) return elsewhere(language, null);
        var wanted = topics.stream().filter(code -> !code.isEmpty()).collect(Collectors.toSet());
        var chosen = general.equals("on")
                ? java.util.stream.Stream.concat(wanted.stream(), java.util.stream.Stream.of(""))
                        .collect(Collectors.toSet())
                : Set.copyOf(wanted);
        return page(link, language, saved(preferences.choose(link.customer(), chosen, language), chinese));
    }

    /** What a mail has gone out for, or has not: nobody should wait for one that does not come. */
    private static String saved(Set<Asked> asked, boolean chinese) {
        if (asked.isEmpty()) return chinese ? "您的选择已保存。" : "Your choices are saved.";
        var words = new ArrayList<String>();
        words.add(chinese ? "已保存。" : "Saved.");
        if (asked.contains(Asked.MAILED))
            words.add(
                    chinese
                            ? "您新选择的内容需要确认：我们刚给您发送了一封确认邮件。"
                            : "What you newly chose has to be confirmed: we have just sent you an e-mail for that.");
        else if (asked.contains(Asked.WAITING))
            words.add(
                    chinese
                            ? "您新选择的内容需要确认：请使用我们此前发给您的确认邮件中的链接。"
                            : "What you newly chose has to be confirmed: the link for that is in the e-mail we sent you before.");
        if (asked.contains(Asked.NO_ADDRESS))
            words.add(
                    chinese
                            ? "您新选择的内容需要通过邮件确认，但我们没有您的邮箱地址，因此尚未生效。"
                            : "What you newly chose has to be confirmed by e-mail and does not hold yet: we have no address of"
                                    + " yours to send one to.");
        if (asked.contains(Asked.OFTEN_ENOUGH)) words.add(oftenEnough(asked.size() > 1, chinese));
        return String.join(chinese ? "" : " ", words);
    }

    private static String oftenEnough(boolean ofTheRest, boolean chinese) {
        if (ofTheRest)
            return chinese
                    ? "其余新选择的内容未能保存：发往您邮箱的确认邮件已达上限，请过几天再选择。"
                    : "The rest of it is not saved: your address has been sent as many such e-mails as it gets for now. Please"
                            + " choose it again in some days.";
        return chinese
                ? "但您新选择的内容需要通过邮件确认，而发往您邮箱的确认邮件已达上限，因此未能保存，请过几天再选择。"
                : "But what you newly chose has to be confirmed by e-mail and is not saved: your address has been sent as many such"
                        + " e-mails as it gets for now. Please choose it again in some days.";
    }

    private String unsubscribed(Preferences.Link link, boolean chinese) {
        if (preferences.isElsewhere(link))
            return chinese
                    ? "已退订，我们不会再向此链接所发往的邮箱发送营销邮件。"
                    : "Unsubscribed. We will not send marketing e-mail to the address this link was sent to any more.";
        return chinese
                ? "您已退订，我们不会再给您发送营销邮件。"
                : "You are unsubscribed. We will not send you marketing e-mail any more.";
    }

    private ResponseEntity<String> page(Preferences.Link link, String language, @Nullable String done) {
        return preferences.isAtHome(link) ? choices(link.customer(), language, done) : elsewhere(language, done);
    }

    /** For who may read another mailbox than the customer's of today: nothing of the customer, and a way to stop the mail. */
    private static ResponseEntity<String> elsewhere(String language, @Nullable String done) {
        var content = begun(done)
                .append(
                        language.equals("zh")
                                ? "<p>您的选择只能通过最近发往您现在邮箱的邮件中的链接修改。通过此链接，您仍可全部退订。</p>\n"
                                : "<p>Your choices can be changed by the link of a recent e-mail to the address you have now."
                                        + " By this one you can still unsubscribe.</p>\n");
        return ended(content, language);
    }

    private static StringBuilder begun(@Nullable String done) {
        var content = new StringBuilder();
        if (done != null)
            content.append("<p class=\"done\" role=\"status\">").append(done).append("</p>\n");
        return content;
    }

    private ResponseEntity<String> choices(CustomerId customer, String language, @Nullable String done) {
        boolean chinese = language.equals("zh");
        var view = preferences.of(customer, language);
        var content = begun(done);
        content.append("<p>")
                .append(chinese ? "请选择您希望通过邮件了解的内容" : "Choose what you want to hear of by e-mail")
                .append(view.address() == null ? "" : " (" + PublicPage.escaped(view.address()) + ")")
                .append(chinese ? "。</p>\n" : ".</p>\n");
        if (view.asked() != null)
            content.append("<p>").append(PublicPage.escaped(view.asked())).append("</p>\n");
        content.append("<form method=\"post\" action=\"?\">\n<input type=\"hidden\" name=\"lang\" value=\"")
                .append(language)
                .append("\">\n<fieldset><legend>")
                .append(chinese ? "我希望收到" : "I want to receive")
                .append("</legend>\n");
        for (var choice : view.choices()) {
            boolean general = choice.code().isEmpty();
            content.append("<label><input type=\"checkbox\" name=\"")
                    .append(general ? "general" : "topic")
                    .append("\" value=\"")
                    .append(general ? "on" : PublicPage.escaped(choice.code()))
                    .append(choice.on() ? "\" checked>" : "\">")
                    .append(PublicPage.escaped(choice.name()));
            if (!choice.about().isEmpty())
                content.append("<small>")
                        .append(PublicPage.escaped(choice.about()))
                        .append("</small>");
            content.append("</label>\n");
        }
        content.append("</fieldset>\n<button type=\"submit\">")
                .append(chinese ? "保存" : "Save")
                .append("</button>\n</form>\n");
        return ended(content, language);
    }

    private static ResponseEntity<String> ended(StringBuilder content, String language) {
        boolean chinese = language.equals("zh");
        content.append(
                        "<form method=\"post\" action=\"?\" style=\"margin-top:1rem\"><input type=\"hidden\" name=\"lang\" value=\"")
                .append(language)
                .append("\"><button class=\"second\" type=\"submit\" name=\"all\" value=\"off\">")
                .append(chinese ? "全部退订" : "Unsubscribe from everything")
                .append("</button></form>\n<p><a href=\"?lang=")
                .append(chinese ? "en\" lang=\"en\" hreflang=\"en\">English" : "zh\" lang=\"zh-CN\" hreflang=\"zh\">中文")
                .append("</a></p>\n");
        return PublicPage.of(
                HttpStatus.OK, language, chinese ? "邮件偏好设置" : "Your e-mail preferences", content.toString());
    }
}
