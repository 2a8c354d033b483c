package io.rekindle.deliver.channel;

import io.rekindle.plan.CarriedChannels;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** The channels there is a provider of. */
@Component
class ProvidersChannels implements CarriedChannels {
    private final Set<String> channels;

    ProvidersChannels(List<Provider<?>> providers) {
        this.channels = providers.stream().map(Provider::channel).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public Set<String> channels() {
        return channels;
    }
}
