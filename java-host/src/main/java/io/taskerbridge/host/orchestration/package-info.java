/** What a workflow is: templates, states, tasks, the way from one step to the next. */
@NullMarked
package io.taskerbridge.host.orchestration;

import org.jspecify.annotations.NullMarked;
