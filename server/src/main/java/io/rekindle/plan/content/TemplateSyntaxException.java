package io.rekindle.plan.content;

import java.util.List;

/** A text is not a template that may be used here; every fault found is listed. */
public final class TemplateSyntaxException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient List<TemplateFault> faults;

    TemplateSyntaxException(List<TemplateFault> faults) {
        super(faults.getFirst().message());
        this.faults = List.copyOf(faults);
    }

    public List<TemplateFault> faults() {
        return faults;
    }
}
