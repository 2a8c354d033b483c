import com.rudderstack.sdk.java.analytics.Callback;
import com.rudderstack.sdk.java.analytics.RudderAnalytics;
import com.rudderstack.sdk.java.analytics.messages.AliasMessage;
import com.rudderstack.sdk.java.analytics.messages.GroupMessage;
import com.rudderstack.sdk.java.analytics.messages.IdentifyMessage;
import com.rudderstack.sdk.java.analytics.messages.Message;
import com.rudderstack.sdk.java.analytics.messages.MessageBuilder;
import com.rudderstack.sdk.java.analytics.messages.PageMessage;
import com.rudderstack.sdk.java.analytics.messages.ScreenMessage;
import com.rudderstack.sdk.java.analytics.messages.TrackMessage;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Run as a file with the library on the class path: SERVER KEY MARK. One of each call; prints what was sent. */
class RudderStackJava {
    public static void main(String[] arguments) throws InterruptedException {
        var mark = arguments[2];
        var user = "user-" + mark;
        List<MessageBuilder<?, ?>> messages = List.of(
                IdentifyMessage.builder().userId(user).traits(Map.of("email", mark + "@example.com", "name", "张三")),
                TrackMessage.builder("Order Completed")
                        .userId(user)
                        .timestamp(new Date(1_767_323_045_678L))
                        .properties(Map.of("order_id", "o-" + mark, "revenue", 19.9)),
                PageMessage.builder("Home").anonymousId("anonymous-" + mark),
                ScreenMessage.builder("Main").userId(user),
                GroupMessage.builder("g-" + mark).userId(user).traits(Map.of("plan", "pro")),
                AliasMessage.builder("anonymous-" + mark).userId(user));
        var arrived = new CountDownLatch(messages.size());
        var analytics = RudderAnalytics.builder(arguments[1])
                .setDataPlaneUrl(arguments[0])
                .callback(new Callback() {
                    @Override
                    public void success(Message message) {
                        System.out.printf("sent %s %s%n", message.type(), message.messageId());
                        arrived.countDown();
                    }

                    @Override
                    public void failure(Message message, Throwable why) {
                        System.err.println(message.type() + " was not taken: " + why);
                    }
                })
                .build();
        messages.forEach(analytics::enqueue);
        analytics.flush();
        boolean all = arrived.await(20, TimeUnit.SECONDS);
        analytics.shutdown();
        System.exit(all ? 0 : 1);
    }
}
