package io.rekindle.decide;

import io.rekindle.plan.Audiences;
import io.rekindle.plan.Campaigns;
import io.rekindle.plan.Templates;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Job;
import io.rekindle.platform.Seeds;
import io.rekindle.platform.WriteGate;
import io.rekindle.warehouse.Warehouse;
import java.util.List;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.transaction.support.TransactionTemplate;

@Configuration(proxyBeanMethods = false)
class DecideConfiguration {
    /** The job that launches a campaign; its instance is the campaign's id. */
    static final String LAUNCH = "campaign-launch";

    @Bean
    Broadcasts broadcasts(
            TransactionTemplate transaction,
            Warehouse warehouse,
            WriteGate gate,
            BusinessClock clock,
            Seeds seeds,
            Campaigns campaigns,
            Templates templates,
            Audiences segments,
            Judge judge,
            Runs runs,
            Outbox outbox,
            List<RunPlanned> listeners) {
        return new Broadcasts(
                transaction,
                warehouse,
                gate,
                clock,
                seeds,
                campaigns,
                templates,
                segments,
                judge,
                runs,
                outbox,
                listeners,
                step -> {});
    }

    @Bean
    Job launchJob(Broadcasts broadcasts) {
        return new Job() {
            @Override
            public String name() {
                return LAUNCH;
            }

            @Override
            public void run(String instance) {
                broadcasts.launch(Long.parseLong(instance));
            }
        };
    }

    @Bean
    Recovery launchRecovery(Broadcasts broadcasts) {
        return new Recovery(broadcasts);
    }

    /** Goes on with interrupted launches before anything else is due. */
    record Recovery(Broadcasts broadcasts) {
        @EventListener(ApplicationReadyEvent.class)
        void resume() {
            broadcasts.resume();
        }
    }
}
