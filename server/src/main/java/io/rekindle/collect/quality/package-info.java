/** Can what comes in be relied on? Measures each day by source and field, and tells what is not as in the last weeks. */
@NullMarked
package io.rekindle.collect.quality;

import org.jspecify.annotations.NullMarked;
